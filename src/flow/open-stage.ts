import {mapTexts} from '../diff/map-texts.ts'
import type {Failure} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {ReleaseStep, Stage} from '../plan/plan.ts'
import type {Apply, ApplyReport} from '../tools/apply.ts'
import {withEvidence} from './evidence.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {RolloutWatch} from './rollout-watch.ts'
import {makeWake, type Wake} from './wake.ts'
import type {World} from './world.ts'

export type StageManner = {
  /** `stop` at the first failure; `finish` the others when going back. */
  onFailure: 'stop' | 'finish'
  /** Whether SIGINT and SIGTERM end this stage. */
  isInterruptible: boolean
  /** Pods that have been ready for the whole window already count at once. */
  countsEarlierReadiness: boolean
  /** Pods of what failed, which a StatefulSet would wait for: they are taken out of its way. */
  removesBlockingPods: boolean
  /** What was written before this stage began belongs to it: no trouble of it is an old one. */
  judgesWrittenAfresh: boolean
  /** What has to be written down before anything is changed. */
  beforeTouching: () => Promise<void>
}

/** A stage while it is being carried out. */
export type OpenStage = {
  stage: Stage
  site: EnvironmentSite
  world: World
  manner: StageManner
  wake: Wake
  reports: ApplyReport[]
  steps: Map<string, StepState>
  failures: Failure[]
  startedAtMs: number
}

/** The same once helm is at work. */
export type RunningStage = OpenStage & {apply: Apply; watch: RolloutWatch}

export type StepState = {
  step: ReleaseStep
  phase: 'waiting' | 'applying' | 'rolling-out' | 'ready' | 'failed'
  startedAtMs: number
  appliedAtMs: number
  /** helm's revision once it has written one. */
  revision: number | undefined
}

export function openStage(stage: Stage, site: EnvironmentSite, world: World, manner: StageManner): OpenStage {
  const steps = stage.steps.map((step): [string, StepState] => [
    keyOf(step.release),
    {step, phase: 'waiting', startedAtMs: 0, appliedAtMs: 0, revision: undefined},
  ])
  const startedAtMs = world.nowMs()
  return {
    stage,
    site,
    world,
    manner,
    wake: makeWake(),
    reports: [],
    steps: new Map(steps),
    failures: [],
    startedAtMs,
  }
}

export function fail(run: OpenStage, happened: Failure): void {
  const failure = mapTexts(happened, text => run.world.secrecy.mask(text))
  run.failures.push(failure)
  run.world.emit({kind: 'stage-failed', stage: run.stage.name, failure})
}

/** Whether the stage goes no further. */
export function isStopped(run: OpenStage): boolean {
  if (run.world.lost.aborted) {
    const failure = run.world.lost.reason as Failure
    if (!run.failures.includes(failure)) fail(run, failure)
    return true
  }
  if (run.manner.isInterruptible && run.world.signal.aborted && run.failures.length === 0) {
    fail(run, {kind: 'interrupted', signal: String(run.world.signal.reason)})
  }
  return run.failures.length > 0 && run.manner.onFailure === 'stop'
}

/** Ask the judge about one release that helm has written; a bad verdict is a failure with its evidence. */
export async function judgeStep(
  run: RunningStage,
  state: StepState,
): Promise<'progressing' | 'ready' | 'failed'> {
  const judged = run.watch.judge(state.step, state.appliedAtMs)
  if (judged.kind !== 'failed') return judged.kind
  state.phase = 'failed'
  fail(run, await withEvidence(judged.failure, run.site.cluster, run.world))
  await run.apply.decide(state.step.release, 'failed')
  return 'failed'
}

export function keyOf(release: ReleaseRef): string {
  return `${release.namespace}/${release.name}`
}
