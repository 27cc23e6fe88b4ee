import type {RollbackTarget} from './intent.ts'
import {type HelmRevision, isGoingBack, originOf, type PastRelease} from './origin.ts'

/** What is known of one release's past; everything newest first. */
export type ReleasePast = {
  /** helm's newest revision whatever its status; none where nothing is installed. */
  live: (HelmRevision & {status: string; updatedAt: string}) | undefined
  revisions: readonly {revision: number; status: string}[]
  runs: readonly PastRelease[]
}

export type RollbackChoice =
  | {kind: 'to'; revision: number; undoes: PastRelease | undefined; doubt: RollbackDoubt | undefined}
  | {kind: 'stays'; why: WhyStays}

/** Why nobody should go back to a revision without a second thought. */
export type RollbackDoubt =
  | {kind: 'helm-failed'}
  /** No run saw it healthy. */
  | {kind: 'not-healthy'; run: PastRelease}
  /** Somebody went back from it. */
  | {kind: 'left'; run: PastRelease}

export type WhyStays =
  | {kind: 'not-installed'}
  | {kind: 'already-there'; revision: number}
  /** The run that is undone did not change it. */
  | {kind: 'not-changed'; run: PastRelease | undefined}
  | {kind: 'first-installed'; run: PastRelease | undefined}
  /** helm keeps but so many revisions. */
  | {kind: 'not-kept'; revision?: number | undefined; oldestKept?: number}
  /** Of an image alone: it is the same in both. */
  | {kind: 'same-image'; tag: string; revision: number}
  | {kind: 'no-version'; revision: number}
  | {kind: 'none-good'; doubts: readonly {revision: number; doubt: RollbackDoubt}[]}

/**
 * Where each release of one environment goes back to.
 * By default the newest run that changed what runs is undone, in every release that it changed: to the newest state before it that
 * was good. What was rolled back, never judged healthy, or failed in helm, is no such state; what going back made is the one that it
 * went back to. Changes that were made without deploy since that run count as one run.
 * @param releases of one environment; the answers stand in the same order
 */
export function chooseTargets(target: RollbackTarget, releases: readonly ReleasePast[]): RollbackChoice[] {
  switch (target.kind) {
    case 'last-good': {
      const newest = newestChange(releases)
      return releases.map(past => lastGood(past, newest))
    }
    case 'before-run': {
      const run = releases.flatMap(past => past.runs.filter(one => one.runId === target.runId))[0]
      return releases.map(past => beforeRun(past, run))
    }
    case 'revision':
      return releases.map(past => exactly(past, target.revision, undefined))
  }
}

/** The same past for whom the image alone counts: who was given an earlier one has gone back to where it came from. */
export function imagesOnly(past: ReleasePast): ReleasePast {
  const runs = past.runs.map(run =>
    run.imageOf === null ? run : {...run, kind: 'rollback' as const, toRevision: run.imageOf},
  )
  return {...past, runs}
}

/** The runs whose id begins so, newest first. */
export function runsCalled(beginning: string, releases: readonly ReleasePast[]): string[] {
  const ids = releases.flatMap(({runs}) => runs.map(run => run.runId))
  return [...new Set(ids.filter(id => id.startsWith(beginning)))].toSorted().toReversed()
}

type Change = {kind: 'run'; run: PastRelease} | {kind: 'by-hand'; after: PastRelease | undefined}

function newestChange(releases: readonly ReleasePast[]): Change {
  const made = releases.flatMap(past => (past.live && (originOf(past.runs, past.live).made ?? [])) || [])
  const run = made.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))[0]
  return run === undefined || releases.some(past => isByHandSince(past, run))
    ? {kind: 'by-hand', after: run}
    : {kind: 'run', run}
}

function isByHandSince({live, runs}: ReleasePast, run: PastRelease | undefined): boolean {
  if (live === undefined) return false
  const {made, wentBack} = originOf(runs, live)
  const isByHand = made === undefined && wentBack === undefined
  // When a newest revision that is not deployed was made is not known: it counts as newer than every run.
  return isByHand && (run === undefined || !(Date.parse(live.updatedAt) <= Date.parse(run.startedAt)))
}

function lastGood(past: ReleasePast, change: Change): RollbackChoice {
  const {live, runs, revisions} = past
  if (live === undefined) return {kind: 'stays', why: {kind: 'not-installed'}}
  const origin = originOf(runs, live)
  const isChanged =
    change.kind === 'run'
      ? origin.made?.runId === change.run.runId
      : change.after === undefined || isByHandSince(past, change.after)
  const run = change.kind === 'run' ? change.run : undefined
  if (!isChanged) return {kind: 'stays', why: {kind: 'not-changed', run}}
  const states = statesOf(past).filter(({content}) => content < origin.revision)
  const good = states.find(({doubt}) => doubt === undefined)
  if (good !== undefined) return {kind: 'to', revision: good.revision, undoes: origin.made, doubt: undefined}
  if (states.length > 0)
    return {
      kind: 'stays',
      why: {
        kind: 'none-good',
        doubts: states.flatMap(({revision, doubt}) => (doubt === undefined ? [] : [{revision, doubt}])),
      },
    }
  return {kind: 'stays', why: whyNothing(origin.made, origin.revision, revisions)}
}

function whyNothing(
  made: PastRelease | undefined,
  revision: number,
  revisions: ReleasePast['revisions'],
): WhyStays {
  if (made?.before === null || revision === 1) return {kind: 'first-installed', run: made}
  return {kind: 'not-kept', revision: made?.before ?? undefined, oldestKept: oldest(revisions)}
}

// Whatever changed the release since that run is undone as well: the state before it is one of the whole service.
function beforeRun(past: ReleasePast, run: PastRelease | undefined): RollbackChoice {
  const {live, runs} = past
  if (live === undefined) return {kind: 'stays', why: {kind: 'not-installed'}}
  const first = runs.findLast(
    one => run !== undefined && one.startedAt >= run.startedAt && hasChanged(one, live.revision),
  )
  if (first === undefined) return {kind: 'stays', why: {kind: 'not-changed', run}}
  if (first.before === null) return {kind: 'stays', why: {kind: 'first-installed', run: first}}
  return exactly(past, first.before, first)
}

function hasChanged({after, restored, isBegun, latestBefore}: PastRelease, liveRevision: number): boolean {
  if (after !== null || restored !== null) return true
  return isBegun && latestBefore !== null && liveRevision > latestBefore
}

function exactly(past: ReleasePast, revision: number, undoes: PastRelease | undefined): RollbackChoice {
  const {live, runs, revisions} = past
  if (live === undefined) return {kind: 'stays', why: {kind: 'not-installed'}}
  const {revision: content} = originOf(runs, {revision, restores: undefined})
  const isLive = live.status === 'deployed' && originOf(runs, live).revision === content
  if (isLive) return {kind: 'stays', why: {kind: 'already-there', revision: live.revision}}
  const kept = revisions.find(one => one.revision === revision)
  // Going back may have made the same again.
  const state = kept ?? statesOf(past).find(one => one.content === content && undoes !== undefined)
  return state === undefined
    ? {kind: 'stays', why: {kind: 'not-kept', revision, oldestKept: oldest(revisions)}}
    : {kind: 'to', revision: state.revision, undoes, doubt: doubtOf(content, state.status, runs)}
}

function oldest(revisions: ReleasePast['revisions']): number {
  return Math.min(...revisions.map(one => one.revision))
}

type State = {content: number; revision: number; status: string; doubt: RollbackDoubt | undefined}

/** What helm keeps, newest content first; of several revisions with one content the first. */
function statesOf({revisions, runs}: ReleasePast): State[] {
  const known = revisions.map(({revision, status}) => ({
    revision,
    status,
    content: originOf(runs, {revision, restores: undefined}).revision,
  }))
  const groups = [...Map.groupBy(known, one => one.content)].toSorted(([a], [b]) => b - a)
  return groups.flatMap(([content, some]) => {
    const first = some.at(-1)
    return first === undefined ? [] : [{...first, doubt: doubtOf(content, first.status, runs)}]
  })
}

function doubtOf(content: number, status: string, runs: readonly PastRelease[]): RollbackDoubt | undefined {
  if (status !== 'deployed' && status !== 'superseded') return {kind: 'helm-failed'}
  const {made} = originOf(runs, {revision: content, restores: undefined})
  if (made !== undefined && (!made.isGood || made.isRolledBack)) return {kind: 'not-healthy', run: made}
  const verdict = runs.find((run, index) =>
    [leftBy(run, runs.slice(index + 1)), goneTo(run, runs)].includes(content),
  )
  const isLeft = verdict !== undefined && goneTo(verdict, runs) < content
  return isLeft ? {kind: 'left', run: verdict} : undefined
}

const NONE = Number.POSITIVE_INFINITY

function goneTo({toRevision, imageOf}: PastRelease, runs: readonly PastRelease[]): number {
  const revision = toRevision ?? imageOf
  return revision === null ? NONE : originOf(runs, {revision, restores: undefined}).revision
}

function leftBy(run: PastRelease, earlier: readonly PastRelease[]): number {
  const {before, isGood} = run
  return isGoingBack(run) && before !== null && isGood
    ? originOf(earlier, {revision: before, restores: undefined}).revision
    : NONE
}
