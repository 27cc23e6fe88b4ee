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
  /** How long helm may go on with what it writes when the stage ends. */
  helmGraceMs: number
  /** Its end is told: what is found later belongs to no stage. */
  isOver: boolean
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

const HELM_GRACE_MS = 10_000
/** Time for other releases to be written; told to end, helm ends in 0.1 s and leaves a revision that failed. */
const HOOK_GRACE_MS = 1000

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
    helmGraceMs: HELM_GRACE_MS,
    isOver: false,
  }
}

export function fail(run: OpenStage, happened: Failure): void {
  if (run.isOver) return
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

/** The same of the hooks that helm waits for. helm then has nothing to write that is worth waiting for. */
export async function judgeHooks(run: RunningStage, state: StepState): Promise<'progressing' | 'failed'> {
  const judged = run.watch.judgeHooks(state.step, state.startedAtMs)
  if (judged.kind !== 'failed') return 'progressing'
  run.helmGraceMs = HOOK_GRACE_MS
  fail(run, await withEvidence(judged.failure, run.site.cluster, run.world))
  return 'failed'
}

export function keyOf(release: ReleaseRef): string {
  return `${release.namespace}/${release.name}`
}
