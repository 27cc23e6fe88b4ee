import {stringify} from 'yaml'
import {shortImage} from '../diff/images.ts'
import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'
import type {ShownProblem, ShownRun} from './history-text.ts'
import {problemLine} from './history-text.ts'
import {padEnd, printable} from './layout.ts'
import {durationText} from './time-text.ts'

/** A run with all that is known of it. */
export type ShownRunInFull = ShownRun & {
  endedAt?: string
  from: string
  commit?: string
  outcome?: ExitKind
  environments: readonly {name: string; namespace: string; record: ShownRecord}[]
}

type ShownRecord = {releases: readonly ShownRelease[]}

type ShownRelease = {
  name: string
  before: number | null
  after: number | null
  restored: number | null
  images: readonly string[]
  /** Older records do not say. */
  override?: string | null
  given?: readonly string[]
}

/** Everything recorded of one run, each fact on a line of its own. */
export function runText(run: ShownRunInFull, problems: readonly ShownProblem[]): string {
  const facts: readonly [string, string | undefined][] = [
    ['when', whenText(run)],
    ['who', `${run.by} from ${run.from}`],
    ['why', run.message === undefined ? undefined : printable(run.message).replaceAll('\n', ' ')],
    ['commit', run.commit],
    ['ended', endText(run)],
  ]
  const lines = [
    `${run.kind} of ${run.service}, run ${run.runId}`,
    ...facts.flatMap(([name, text]) => (text === undefined ? [] : [`  ${padEnd(name, 8)}${text}`])),
    ...run.environments.flatMap(environmentLines),
    ...problems.map(problemLine),
  ]
  return lines.map(line => `${line}\n`).join('')
}

function whenText({startedAt, endedAt}: ShownRunInFull): string {
  const start = `${startedAt.slice(0, 19).replace('T', ' ')} UTC`
  if (endedAt === undefined) return start
  return `${start}, took ${durationText(Date.parse(endedAt) - Date.parse(startedAt))}`
}

function endText({outcome}: ShownRunInFull): string {
  if (outcome === undefined) return 'not yet: it is running, or its process died'
  // A newer deploy may have written an end that this one has no word for.
  const known = (EXIT_CODES as Partial<typeof EXIT_CODES>)[outcome]
  return known === undefined ? outcome : `${outcome} (${known.code}): ${known.meaning}`
}

function environmentLines({name, namespace, record}: ShownRunInFull['environments'][number]): string[] {
  return [
    `  ${name} (namespace ${namespace})`,
    ...record.releases.flatMap(releaseLines),
    ...moreLines(record, TOLD_OF_RUN, '    '),
  ]
}

function releaseLines(release: ShownRelease): string[] {
  return [
    `    ${release.name}: ${revisionsText(release)}`,
    ...release.images.map(image => `      ${shortImage(image)}`),
    ...(release.override ? [`      ${release.override} was asked for; git said something else`] : []),
    ...(release.given ?? []).map(word => `      ${word} was given; git does not hold it`),
    ...moreLines(release, TOLD_OF_RELEASE, '      '),
  ]
}

function revisionsText({before, after, restored}: ShownRelease): string {
  const start = before === null ? 'not installed before' : `revision ${before}`
  const reached = after === null ? `${start}, not reached` : `${start} → ${after}`
  return restored === null ? reached : `${reached}, brought back as ${restored}`
}

const TOLD_OF_RUN = new Set(
  'schema runId kind startedAt endedAt by from message commit outcome releases'.split(' '),
)
const TOLD_OF_RELEASE = new Set(['name', 'before', 'after', 'restored', 'images', 'override', 'given'])

/** Whatever else was recorded, as YAML: nothing that is known is kept back. */
function moreLines(record: object, told: ReadonlySet<string>, indent: string): string[] {
  const more = Object.entries(record).filter(([key]) => !told.has(key))
  if (more.length === 0) return []
  return stringify(Object.fromEntries(more), {lineWidth: 0})
    .trimEnd()
    .split('\n')
    .map(line => indent + printable(line))
}
