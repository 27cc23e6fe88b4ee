import {sinceText} from '../plan/frozen.ts'
import {stringify} from 'yaml'
import {shortImage} from '../diff/images.ts'
import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'
import {type Failure, isKnownFailure} from '../plan/events.ts'
import {failureText} from './failure-text.ts'
import type {ShownHeld, ShownProblem, ShownRun} from './history-text.ts'
import {kindText, problemLine} from './history-text.ts'
import {hanging, padEnd, printable} from './layout.ts'
import {durationText} from './time-text.ts'

/** A run with all that is known of it. */
export type ShownRunInFull = Omit<ShownRun, 'environments'> & {
  endedAt?: string
  resumedBy?: readonly {runId: string; by: string; from: string; at: string}[]
  finishedBy?: {by: string; from: string; at: string}
  from: string
  commit?: string
  outcome?: ExitKind
  environments: readonly {name: string; namespace: string; record: ShownRecord}[]
}

type ShownRecord = {
  releases: readonly ShownRelease[]
  endedAt?: string
  stages?: readonly {name: string; state: string}[]
  failure?: {stage: string; failure: Failure}
  held?: ShownHeld
  outside?: {files: readonly {path: string}[]}
}

type ShownRelease = {
  name: string
  before: number | null
  after: number | null
  restored: number | null
  images: readonly string[]
  digests?: Readonly<Record<string, string>>
  /** Older records do not say. */
  override?: string | null
  gitVersion?: string
  imageOf?: number
  given?: readonly string[]
  namespace?: string
  stage?: string
  action?: {kind: string}
  latestBefore?: number | null
  chart?: {before: string | null; after: string}
  timeoutMs?: number
}

/** Everything recorded of one run, each fact on a line of its own. */
export function runText(run: ShownRunInFull, problems: readonly ShownProblem[], width = Infinity): string {
  const facts: readonly [string, string | undefined][] = [
    ['when', whenText(run)],
    ['who', `${run.by} from ${run.from}`],
    ['why', run.message === undefined ? undefined : printable(run.message).replaceAll('\n', ' ')],
    ['commit', run.commit],
    ['ended', run.kind === 'unlock' ? undefined : endText(run)],
    ...(run.resumedBy ?? []).map((one): [string, string] => ['resumed', byText(one)]),
    ['closed', finishedText(run)],
  ]
  const lines = [
    `${kindText(run)} of ${run.service}, run ${run.runId}`,
    ...facts.flatMap(([name, text]) =>
      text === undefined ? [] : [hanging(`  ${padEnd(name, 8)}`, text, width)],
    ),
    ...failureLines(run, Math.min(width, 100)),
    ...run.environments.flatMap(one => environmentLines(one, width)),
    ...problems.map(one => hanging('', problemLine(one), width)),
  ]
  return lines.map(line => `${line}\n`).join('')
}

function whenText({kind, startedAt, endedAt}: ShownRunInFull): string {
  const start = `${startedAt.slice(0, 19).replace('T', ' ')} UTC`
  if (endedAt === undefined || kind === 'unlock') return start
  return `${start}, took ${durationText(Date.parse(endedAt) - Date.parse(startedAt))}`
}

function endText({outcome}: ShownRunInFull): string {
  if (outcome === undefined) return 'not yet: it is running, or its process died'
  // A newer deploy may have written an end that this one has no word for.
  const known = (EXIT_CODES as Partial<typeof EXIT_CODES>)[outcome]
  return known === undefined ? outcome : `${outcome} (${known.code}): ${known.meaning}`
}

// Someone else's decision, when the run itself could not end.
function finishedText({finishedBy, endedAt}: ShownRunInFull): string | undefined {
  return finishedBy === undefined || endedAt === undefined ? undefined : byText(finishedBy)
}

function byText({by, from, at}: {by: string; from: string; at: string}): string {
  return `by ${by} from ${from}, ${at.slice(0, 19).replace('T', ' ')} UTC`
}

function environmentLines(
  {name, namespace, record}: ShownRunInFull['environments'][number],
  width: number,
): string[] {
  return [
    `  ${name} (namespace ${namespace})`,
    ...heldLines(record, width),
    ...record.releases.flatMap(release => releaseLines(release, record, width)),
    ...unfinishedStages(record),
    ...outsideLines(record, width),
    ...moreLines(record, TOLD_OF_RUN, '    '),
  ]
}

function heldLines({held}: ShownRecord, width: number): string[] {
  if (held === undefined) return []
  const {by, from, since, reason, state, runId, covers} = held
  const what = covers === 'namespace' ? 'everything was locked' : 'it was locked'
  const why = reason === '' ? '' : `: ${printable(reason)}`
  const at = state === 'frozen' ? '' : ` (run ${runId}, ${state})`
  return [hanging('    ', `${what} by ${by} from ${from} since ${sinceText(since)}${at}${why}`, width)]
}

// What is done is told by the revisions; how far an unfinished run got is told by its stages.
function unfinishedStages({stages = [], endedAt}: ShownRecord): string[] {
  if (endedAt !== undefined) return []
  return stages
    .filter(({state}) => state === 'begun' || state === 'going-back')
    .map(
      ({name, state}) =>
        `    ${name}: ${state === 'begun' ? 'begun, not finished' : 'going back, not finished'}`,
    )
}

// Every cluster of the run remembers the same one.
function failureLines({environments}: ShownRunInFull, width: number): string[] {
  const found = environments.find(({record}) => record.failure !== undefined)?.record.failure
  if (found === undefined) return []
  if (!isKnownFailure(found.failure)) return stringify({failure: found}).trimEnd().split('\n').map(printable)
  const text = failureText(found.failure, {width, color: 0, stage: found.stage})
  return ['', ...text.trimEnd().split('\n'), '']
}

function releaseLines(release: ShownRelease, record: ShownRecord, width: number): string[] {
  return [
    `    ${release.name}: ${revisionsText(release, record)}`,
    ...chartLines(release),
    ...release.images.flatMap(image => imageLines(image, release.digests?.[image])),
    ...(release.imageOf === undefined ? [] : [`      the image of revision ${release.imageOf}`]),
    ...(release.override
      ? [
          hanging(
            '      ',
            `${release.override} is beside git${release.gitVersion === undefined ? '' : `, which held ${release.gitVersion}`}`,
            width,
          ),
        ]
      : []),
    ...(release.given ?? []).map(word => `      ${word} was given; git does not hold it`),
    ...moreLines(release, TOLD_OF_RELEASE, '      '),
  ]
}

/** By name only: what their digests are good for is comparing. */
function outsideLines({outside}: ShownRecord, width: number): string[] {
  const names = (outside?.files ?? []).map(file => printable(file.path))
  return names.length === 0 ? [] : [hanging('    values also from ', names.join(' '), width)]
}

function chartLines({chart}: ShownRelease): string[] {
  if (chart === undefined) return []
  const {before, after} = chart
  if (before === null || before === after) return [`      ${after}`]
  return [`      ${before} → ${after}`]
}

/** What the tag meant at that time, where the registry told. */
function imageLines(image: string, digest: string | undefined): string[] {
  const isNew = digest !== undefined && !image.includes('@')
  return [`      ${shortImage(image)}`, ...(isNew ? [`        ${printable(digest)}`] : [])]
}

function revisionsText({before, after, restored, stage}: ShownRelease, {stages = []}: ShownRecord): string {
  const start = before === null ? 'not installed before' : `revision ${before}`
  // A run whose process was killed did not write down what helm made.
  const isBegun = stages.some(({name, state}) => name === stage && BEGUN.has(state))
  const reached = after === null ? `${start}, ${isBegun ? 'begun' : 'not reached'}` : `${start} → ${after}`
  return restored === null ? reached : `${reached}, brought back as ${restored}`
}

const BEGUN = new Set(['begun', 'going-back'])

const TOLD_OF_RUN = new Set(
  'schema runId kind startedAt endedAt by from message commit outcome releases planId environment environments request stages failure finishedBy resumedBy tree outside held'.split(
    ' ',
  ),
)
const TOLD_OF_RELEASE = new Set(
  'name before after restored images digests override gitVersion imageOf given namespace stage action latestBefore chart timeoutMs values'.split(
    ' ',
  ),
)

/** Whatever else was recorded, as YAML: nothing that is known is kept back. */
function moreLines(record: object, told: ReadonlySet<string>, indent: string): string[] {
  const more = Object.entries(record).filter(([key]) => !told.has(key))
  if (more.length === 0) return []
  return stringify(Object.fromEntries(more), {lineWidth: 0})
    .trimEnd()
    .split('\n')
    .map(line => indent + printable(line))
}
