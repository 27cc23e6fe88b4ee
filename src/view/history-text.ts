import {imageName, tagOf} from '../diff/images.ts'
import {inColumns, rowsInColumns} from './columns.ts'
import {hanging, printable} from './layout.ts'
import {textWidth} from './text-width.ts'

/** A run as far as a line tells of it. */
export type ShownRun = {
  service: string
  runId: string
  kind: string
  startedAt: string
  by: string
  message?: string
  outcome?: string
  environments: readonly {
    name: string
    record: {releases: readonly {images: readonly string[]; imageOf?: number}[]; held?: ShownHeld}
  }[]
}

/** The lock that was removed by force. */
export type ShownHeld = {
  by: string
  from: string
  since: string
  reason: string
  state: string
  runId: string
  covers: string
}

export type ShownProblem = {service: string; environment: string; problem: string}

/**
 * One line a run: when, which, what, who, which version, where, how it ended, why. On a terminal with headings; where that is too
 * narrow, which version, where and why stand on a line below each run.
 */
export function historyText(
  runs: readonly ShownRun[],
  problems: readonly ShownProblem[],
  width = Infinity,
): string {
  const services = new Set([...runs, ...problems].map(one => one.service))
  const rows = lockOnce(runs).map(run => [
    minuteText(run.startedAt),
    run.runId,
    ...(services.size > 1 ? [run.service] : []),
    kindText(run),
    run.by,
    run.kind === 'unlock' ? heldText(run) : versionText(run),
    [...new Set(run.environments.map(one => one.name))].join(', '),
    run.kind === 'unlock' ? 'removed' : (run.outcome ?? 'not ended'),
    printable(run.message ?? '').replaceAll('\n', ' '),
  ])
  const lines =
    rows.length === 0 && problems.length === 0
      ? ['No run is recorded yet.']
      : tableOf(rows, services.size, width)
  return [...lines, ...problems.map(one => hanging('', problemLine(one), width))]
    .map(line => `${line}\n`)
    .join('')
}

function tableOf(rows: readonly string[][], services: number, width: number): string[] {
  if (width === Infinity || rows.length === 0) return inColumns(rows, {width, under: 1})
  const named = services > 1 ? ['SERVICE'] : []
  const headings = ['WHEN', 'RUN', ...named, 'WHAT', 'BY', 'VERSION', 'WHERE', 'ENDED', 'WHY']
  const whole = inColumns([headings, ...rows], {width: Infinity, under: 1})
  return whole.every(line => textWidth(line) <= width) ? whole : inPairs([headings, ...rows], width)
}

/** Its end belongs to a run's first line. */
function inPairs(rows: readonly string[][], width: number): string[] {
  const heads = rows.map(row => [...row.slice(0, -4), ...row.slice(-2, -1)])
  const first = rowsInColumns(heads, {width, under: 1})
  return rows.flatMap((row, index) => {
    const below = [...row.slice(-4, -2), ...row.slice(-1)].filter(Boolean).join('  ')
    return [...(first[index] ?? []), hanging('    ', below, width)]
  })
}

// Who unlocks everything does so in every service at once.
function lockOnce(runs: readonly ShownRun[]): ShownRun[] {
  const groups = Map.groupBy(runs, ({kind, runId, service}) =>
    kind === 'unlock' ? runId : `${runId} ${service}`,
  )
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [others.length === 0 ? first : {...first, service: `${others.length + 1} services`}],
  )
}

function heldText({environments}: ShownRun): string {
  const by = environments.flatMap(({record}) => record.held?.by ?? [])
  return `the lock of ${[...new Set(by)].join(', ')}`
}

/** Of which kind a run was: whoever gave a release an earlier image has rolled that back. */
export function kindText({kind, environments}: Pick<ShownRun, 'kind' | 'environments'>): string {
  const isOfImages = environments.some(one => one.record.releases.some(({imageOf}) => imageOf !== undefined))
  return isOfImages ? 'image-rollback' : kind
}

export function problemLine({service, environment, problem}: ShownProblem): string {
  return `${service} in ${environment} could not be read: ${problem}`
}

/** What the run changed images to: the tags, with names only where there are several. */
function versionText({environments}: ShownRun): string {
  const images = environments.flatMap(one => one.record.releases.flatMap(release => release.images))
  const byTag = Map.groupBy(new Set(images), tagOf)
  const [first, ...others] = byTag.keys()
  if (first === undefined) return 'no image'
  if (others.length === 0) return first
  return [...byTag]
    .map(
      ([tag, named]) =>
        `${imageName(named[0] ?? '')
          .split('/')
          .at(-1)}:${tag}`,
    )
    .join(' ')
}

/** `2026-11-21 10:15`, UTC. */
function minuteText(time: string): string {
  return time.slice(0, 16).replace('T', ' ')
}
