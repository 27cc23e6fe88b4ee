import type {Failure} from '../plan/events.ts'
import type {Plan, Stage} from '../plan/plan.ts'
import {type EnvironmentSite, siteFor} from './open-environment.ts'
import {goBack, type GoneBack} from './go-back.ts'
import type {Holdings} from './locks.ts'
import {type Overtaken, overtaken} from './others-at-work.ts'
import type {Journal} from './record.ts'
import {runStage, type StageRun} from './stage.ts'
import {held, isHold, isToBeLeft, left, toTakeBack} from './what-stays.ts'
import type {World} from './world.ts'

/** Everything that was done, for the outcome, the record and the announcement. */
export type Execution = {
  runs: readonly StageRun[]
  end: /** What someone else has changed since it was seen to be healthy. */
    | {kind: 'deployed'; overtaken: readonly Overtaken[]}
    | {kind: 'paused'; before: Stage}
    /** A plan that undoes another run. */
    | {kind: 'undone'; back: GoneBack}
    | {kind: 'failed'; stage: Stage; failure: Failure; failedAtMs: number; back: GoneBack}
}

/** Where a run is written down, and what it holds. */
export type Books = {journal: Journal; holdings: Holdings}

/** Carry out a plan, stage after stage; on failure, its own fallback. Reports everything as events. */
export async function execute(
  plan: Plan,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  books: Books,
): Promise<Execution> {
  const runs = (plan.done ?? []).map(stage => asHealthy(stage, world.nowMs()))
  const isOurs = (run: StageRun) => plan.stages.includes(run.stage)
  for (const stage of plan.stages) {
    const last = runs.findLast(isOurs)
    // The first one had its turn before anything was locked.
    const isAgreed = last === undefined || (await isToBegin(stage, world))
    const cut = cutOff(world)
    if (cut && last) return endedBetween(cut, runs, last, sites, world, books)
    const together = last && (await world.settle(last.stage, stage))
    if (together) return endedBetween(together, runs, last, sites, world, books)
    if (last && (!isAgreed || world.hasHungUp())) return {runs, end: {kind: 'paused', before: stage}}
    const [theirs] = await overtaken(runs, sites)
    if (theirs !== undefined) return stopped(theirs, runs, world)
    const run = await runStage(stage, siteFor(sites, stage), world, {
      onFailure: 'stop',
      isInterruptible: true,
      countsEarlierReadiness: false,
      removesBlockingPods: false,
      judgesWrittenAfresh: true,
      beforeTouching: () => beginStage(stage, books),
    })
    books.journal.stageEnded(run)
    runs.push(run)
    if (run.end.kind === 'failed')
      return isToBeLeft(plan, runs, run)
        ? left(runs, run, run.end, sites)
        : failed(runs, run, run.end, sites, world, books)
  }
  const last = runs.findLast(isOurs)
  const together = last && (await world.settle(last.stage, undefined))
  if (together) return endedBetween(together, runs, last, sites, world, books)
  return {runs, end: {kind: 'deployed', overtaken: await overtaken(runs, sites)}}
}

// What was reached is healthy, and one of it is not ours any more: nothing more is begun, and nothing is taken back.
function stopped({run, failure}: Overtaken, runs: readonly StageRun[], world: World): Execution {
  world.emit({kind: 'stage-failed', stage: run.stage.name, failure})
  const failedAtMs = world.nowMs()
  const back = {restored: [], notBack: [], verifiedAtMs: failedAtMs}
  return {runs, end: {kind: 'failed', stage: run.stage, failure, failedAtMs, back}}
}

// What an unfinished run had seen to be healthy is touched all the same: it goes back with the rest.
function asHealthy(stage: Stage, nowMs: number): StageRun {
  const touched = stage.steps.map(({release, action}) => ({
    release,
    revision: action.fromRevision,
    isHealthy: true,
  }))
  return {stage, touched, end: {kind: 'healthy'}, startedAtMs: nowMs}
}

async function isToBegin(stage: Stage, world: World): Promise<boolean> {
  if (world.hasHungUp() || !(await world.turn(stage)) || world.hasHungUp()) return false
  return stage.gate.kind === 'none' || world.confirm(stage.gate.question)
}

function cutOff({lost, signal}: World): Failure | undefined {
  if (lost.aborted) return lost.reason as Failure
  return signal.aborted ? {kind: 'interrupted', signal: String(signal.reason)} : undefined
}

// Both before helm writes; whether a lock is lost is seen afterwards.
async function beginStage(stage: Stage, {journal, holdings}: Books): Promise<void> {
  await Promise.all([journal.stageBegins(stage), holdings.confirm(stage.environment)])
}

// Between two stages: what was reached is dealt with as in the middle of one.
async function endedBetween(
  failure: Failure,
  runs: readonly StageRun[],
  last: StageRun,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  books: Books,
): Promise<Execution> {
  const end = {kind: 'failed' as const, failures: [failure], failedAtMs: world.nowMs()}
  return failed(runs, last, end, sites, world, books)
}

async function failed(
  runs: readonly StageRun[],
  run: StageRun,
  end: Extract<StageRun['end'], {kind: 'failed'}>,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  books: Books,
): Promise<Execution> {
  const [failure] = end.failures
  if (failure === undefined) throw new Error(`stage ${run.stage.name} failed without saying why`)
  const back = isHold(failure)
    ? held(run, failure, sites, world)
    : await goBack(toTakeBack(runs, run, failure), failure, sites, world, books)
  return {runs, end: {kind: 'failed', stage: run.stage, failure, failedAtMs: end.failedAtMs, back}}
}
