import type {DigestedFiles} from './facts.ts'

/** What the records say of one release in one environment, newest run first. */
export type PastRelease = {
  runId: string
  kind: 'deploy' | 'rollback'
  by: string
  message: string | undefined
  /** RFC 3339. */
  startedAt: string
  commit: string | undefined
  outside: DigestedFiles | undefined
  /** Its pods were seen healthy. */
  isGood: boolean
  /** The version was reached, found bad and put back. */
  isRolledBack: boolean
  /** Something of its stage was begun. */
  isBegun: boolean
  /** The version that was given beside git's, if one was. */
  override: string | null
  /** The one that git held then, where that was looked at. */
  gitVersion: string | null
  /** The values that were given beside git's, as flags. */
  given: readonly string[]
  before: number | null
  /** helm's newest revision when the run was planned; none in older records. */
  latestBefore: number | null
  after: number | null
  restored: number | null
  /** Of a rollback: the revision that was gone back to. */
  toRevision: number | null
  /** When an image was rolled back: the revision whose image it was given. */
  imageOf: number | null
  /** `name-version`. */
  chart: string | undefined
  /** Keyed digest of what helmfile gave helm: values, arguments, chart version. */
  values: string | undefined
  images: readonly string[]
}

/** Whether somebody asked for what was there before, or for its image. */
export function isGoingBack({kind, imageOf}: PastRelease): boolean {
  return kind === 'rollback' || imageOf !== null
}

/** A revision as helm tells it; `restores` is the one whose manifest it brought back. */
export type HelmRevision = {revision: number; restores: number | undefined; images?: readonly string[]}

export type Origin = {
  /** The revision that held it first. */
  revision: number
  /** The run that rendered it, however that run ended; none when it was made by other means, or its record is gone. */
  made: PastRelease | undefined
  /** Somebody went back to it on purpose; a failure that was undone is no such thing. */
  wentBack: WentBack | undefined
}

export type WentBack = {
  /** None for plain helm. */
  run: PastRelease | undefined
  /** What ran until then, when the records know. */
  left: PastRelease | undefined
}

/** Where a revision's content comes from, through all the going back that put it where it is. */
export function originOf(past: readonly PastRelease[], live: HelmRevision): Origin {
  const {revision} = live
  const index = past.findIndex(run => run.after === revision || run.restored === revision)
  const run = past[index] ?? cutOffRun(past, live)
  const source = sourceOf(run, live)
  if (source === undefined || source >= revision) {
    return {revision, made: run?.kind === 'deploy' ? run : undefined, wentBack: undefined}
  }
  const earlier = past.slice(run === undefined ? 0 : past.indexOf(run) + 1)
  const origin = originOf(earlier, {revision: source, restores: undefined})
  const isUndone = run !== undefined && (run.kind === 'deploy' || run.restored === revision)
  if (isUndone) return origin
  const leftRevision = run?.before ?? revision - 1
  const left = originOf(earlier, {revision: leftRevision, restores: undefined}).made
  return {...origin, wentBack: {run, left}}
}

// What going back put there is what was there before; what a rollback made is what it went back to.
function sourceOf(run: PastRelease | undefined, {revision, restores}: HelmRevision): number | undefined {
  if (run === undefined) return restores
  if (run.restored === revision) return run.before ?? restores
  return run.kind === 'rollback' ? (run.toRevision ?? restores) : restores
}

// A killed run did not get round to writing down which revision it made: it is the first, or in going back the second, of its own.
function cutOffRun(
  past: readonly PastRelease[],
  {revision, restores, images}: HelmRevision,
): PastRelease | undefined {
  return past.find(run => {
    if (!run.isBegun || run.latestBefore === null || run.restored !== null) return false
    if (restores !== undefined && revision === run.latestBefore + 2) return restores === run.before
    if (run.after !== null || revision !== run.latestBefore + 1) return false
    if (run.kind === 'rollback') return restores === run.toRevision
    return restores === undefined && (images === undefined || run.images.every(one => images.includes(one)))
  })
}
