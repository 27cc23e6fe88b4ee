import {isStandstill} from '../plan/end.ts'
import type {Failure} from '../plan/events.ts'
import type {Plan} from '../plan/plan.ts'
import type {Execution} from './execute.ts'
import type {GoneBack} from './go-back.ts'
import {unreachableParts} from './not-back.ts'
import {type EnvironmentSite, siteFor} from './open-environment.ts'
import {keyOf} from './open-stage.ts'
import type {StageRun} from './stage.ts'
import type {World} from './world.ts'

/** Whether what failed stays as it is (`--no-rollback`): where it is the version's fault, and something of it is there. */
export function isToBeLeft(
  {onFailure}: Pick<Plan, 'onFailure'>,
  runs: readonly StageRun[],
  failedRun: StageRun,
): boolean {
  const [failure] = failedRun.end.kind === 'failed' ? failedRun.end.failures : []
  if (onFailure !== 'leave' || failure === undefined || !isVersionsFault(failure)) return false
  return toTakeBack(runs, failedRun, failure).length > 0
}

function isVersionsFault(failure: Failure): boolean {
  return !isHold(failure) && !isStandstill(failure) && failure.kind !== 'interrupted'
}

/** As it failed, with what undoes it by hand; its record has no end, so that `deploy abort` can. */
export function left(
  runs: readonly StageRun[],
  run: StageRun,
  {failures, failedAtMs}: Extract<StageRun['end'], {kind: 'failed'}>,
  sites: ReadonlyMap<string, EnvironmentSite>,
): Execution {
  const [failure] = failures
  if (failure === undefined) throw new Error(`stage ${run.stage.name} failed without saying why`)
  const why = new Error('left as it is (--no-rollback)')
  const notBack = toTakeBack(runs, run, failure).flatMap(one =>
    unreachableParts(one, siteFor(sites, one.stage), why),
  )
  const back = {restored: [], notBack, verifiedAtMs: failedAtMs, isLeft: true as const}
  return {runs, end: {kind: 'failed', stage: run.stage, failure, failedAtMs, back}}
}

/** Where the version is not to blame: nothing is taken back, and what is not healthy is told. */
export function isHold(
  failure: Failure,
): failure is Extract<Failure, {kind: 'infrastructure' | 'lock-lost'}> {
  return failure.kind === 'infrastructure' || failure.kind === 'lock-lost'
}

export function held(
  run: StageRun,
  failure: Extract<Failure, {kind: 'infrastructure' | 'lock-lost'}>,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
): GoneBack {
  const unhealthy = {...run, touched: run.touched.filter(one => !one.isHealthy)}
  const site = siteFor(sites, run.stage)
  return {
    restored: [],
    notBack: unreachableParts(unhealthy, site, new Error(failure.message)),
    verifiedAtMs: world.nowMs(),
  }
}

/**
 * Which stages go back, newest first: those of the failing class. Staging stays as it is when production fails, so
 * that one can look. Where nothing is wrong with the version, what is healthy stays.
 */
export function toTakeBack(runs: readonly StageRun[], failedRun: StageRun, failure: Failure): StageRun[] {
  const sameClass = runs.filter(run => run.stage.environmentClass === failedRun.stage.environmentClass)
  const touched = sameClass.filter(run => run.touched.length > 0).toReversed()
  if (isStandstill(failure)) return touched.filter(run => run === failedRun).map(run => without(run, failure))
  return touched
}

// The release that others changed is theirs now.
function without(run: StageRun, failure: Failure): StageRun {
  const theirs = failure.kind === 'changed-by-others' ? keyOf(failure.release) : undefined
  return {...run, touched: run.touched.filter(one => keyOf(one.release) !== theirs)}
}
