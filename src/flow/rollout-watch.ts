import {releaseKey} from '../plan/release-ref.ts'
import {type Follow, followNamespace, type JudgedKind} from '../cluster/follow.ts'
import {awaitedHooks} from '../plan/hooks.ts'
import type {ReleaseStep, Stage} from '../plan/plan.ts'
import {NOTHING_BEFORE, takeBaseline} from '../rollout/baseline.ts'
import {judgeWorkloads} from '../rollout/judge.ts'
import {losePatience, NO_PATIENCE_USED, type Patience} from '../rollout/patience.ts'
import {readyForMs} from '../rollout/ready-since.ts'
import type {RolloutSettings} from '../rollout/settings.ts'
import {
  type ApiObject,
  type Baseline,
  objectKey,
  type Snapshot,
  type Verdict,
  workloadKey,
  type WorkloadProgress,
  type WorkloadRef,
} from '../rollout/verdict.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {StageManner} from './open-stage.ts'
import {judgeSilence, saySilences} from './silence.ts'
import {verdictOf, type StepVerdict} from './step-verdict.ts'
import {type HeldUp, removeBlockingPods, wakeHeldUp} from './unblock.ts'
import type {Wake} from './wake.ts'
import type {World} from './world.ts'

/** The cluster's side of a stage: what its pods do, judged release by release. */
export type RolloutWatch = {
  relist(namespace: string): Promise<void>
  judge(step: ReleaseStep, appliedAtMs: number): StepVerdict
  /** While helm is at work: of the hooks that it waits for, one that cannot end well; never `ready`. */
  judgeHooks(step: ReleaseStep, startedAtMs: number): StepVerdict
  /** What is left of a stability window when earlier readiness counts. */
  windowLeftMs(windowMs: number): number
  close(): Promise<void>
}

/** One namespace and what it was like before this rollout. */
type Watched = HeldUp & {
  follow: Follow
  baseline: Baseline
  patience: Patience
}

/** Follow every namespace of a stage, beginning before anything is changed: old troubles are known as such. */
export async function watchRollout(
  site: EnvironmentSite,
  stage: Stage,
  wake: Wake,
  world: World,
  {
    removesBlockingPods,
    judgesWrittenAfresh,
  }: Pick<StageManner, 'removesBlockingPods' | 'judgesWrittenAfresh'>,
): Promise<RolloutWatch> {
  const watched = new Map<string, Watched>()
  await Promise.all(
    [...Map.groupBy(stage.steps, step => step.release.namespace)].map(async ([namespace, steps]) => {
      const follow = await followNamespace(site.cluster, namespace, kindsOf(steps), {
        onChange: () => wake.now(),
      })
      sayUnreadable(follow, namespace, site, world)
      watched.set(namespace, {
        follow,
        baseline: takeBaseline(follow.snapshot()),
        patience: NO_PATIENCE_USED,
        wokenAtMs: 0,
      })
    }),
  )
  const show = showChanges(stage, world)
  const saySilence = saySilences(site, world)
  const remove = removesBlockingPods ? removeBlockingPods(site, world) : () => {}

  return {
    relist: async namespace => watched.get(namespace)?.follow.relist(),
    judge(step, appliedAtMs) {
      const one = watched.get(step.release.namespace)
      if (one === undefined || step.action.kind === 'uninstall') return {kind: 'ready'}
      const fault = one.follow.fault()
      saySilence(fault)
      // What is known is old: it says nothing, neither good nor bad.
      if (fault !== undefined) return judgeSilence(fault, appliedAtMs + step.timeoutMs, site, world)
      const isWritten = judgesWrittenAfresh && step.action.kind === 'verify'
      const baseline = isWritten ? NOTHING_BEFORE : one.baseline
      const snapshot = one.follow.snapshot()
      const verdicts = judgeOnce(step.workloads, snapshot, one, baseline, world.settings.rollout)
      wakeHeldUp(one, snapshot, verdicts, site)
      remove(step, snapshot)
      show(
        step,
        verdicts.map(verdict => verdict.progress),
        appliedAtMs,
      )
      return verdictOf(step, verdicts, appliedAtMs, world.nowMs())
    },
    judgeHooks(step, startedAtMs) {
      const one = watched.get(step.release.namespace)
      const hooks = one === undefined ? [] : awaitedHooks(step)
      if (one === undefined || hooks.length === 0 || one.follow.fault() !== undefined)
        return {kind: 'progressing'}
      const snapshot = withoutEarlier(one.follow.snapshot(), one)
      const isThere = new Set(snapshot.workloads.map(objectKey))
      const atWork = judgeOnce(hooks, snapshot, one, one.baseline, world.settings.rollout).filter(
        ({kind, progress}) => kind !== 'ready' && isThere.has(workloadKey(progress.workload)),
      )
      if (atWork.length === 0) return {kind: 'progressing'}
      show(
        step,
        atWork.map(verdict => verdict.progress),
        startedAtMs,
      )
      return verdictOf(withHookChanges(step), atWork, startedAtMs, world.nowMs())
    },
    windowLeftMs(windowMs) {
      const steady = [...watched.values()].map(({follow}) => readyForMs(follow.snapshot(), isOfStage(stage)))
      return Math.max(0, windowMs - Math.min(...steady))
    },
    close: async () => {
      await Promise.all([...watched.values()].map(({follow}) => follow.close()))
    },
  }
}

function sayUnreadable(follow: Follow, namespace: string, site: EnvironmentSite, world: World): void {
  const kinds = follow.unreadableKinds()
  if (kinds.length === 0) return
  const text = `${kinds.join(', ')} cannot be read in ${namespace} on ${site.cluster.server}: the rollout is judged from what is left.`
  world.emit({kind: 'noted', text})
}

/** The suspicions of a namespace's workloads are remembered from one reading to the next. */
function judgeOnce(
  refs: readonly WorkloadRef[],
  snapshot: Snapshot,
  one: Watched,
  baseline: Baseline,
  settings: RolloutSettings,
): Verdict[] {
  const seen = judgeWorkloads(refs, snapshot, baseline, settings)
  const {verdicts, patience} = losePatience(one.patience, seen, snapshot.nowMs)
  one.patience = patience
  return verdicts
}

/** As it was made for this deployment: of an earlier one helm removes a hook only right before it makes it anew. */
function withoutEarlier(snapshot: Snapshot, {baseline}: Watched): Snapshot {
  const isNew = ({metadata}: ApiObject) => !baseline.generations.has(metadata.uid ?? '')
  return {...snapshot, workloads: snapshot.workloads.filter(isNew)}
}

function showChanges(stage: Stage, world: World) {
  const shown = new Map<string, string>()
  return (step: ReleaseStep, workloads: readonly WorkloadProgress[], appliedAtMs: number): void => {
    const {release} = step
    const text = JSON.stringify(workloads)
    if (shown.get(releaseKey(release)) === text) return
    shown.set(releaseKey(release), text)
    const budgetLeftMs = Math.max(0, appliedAtMs + step.timeoutMs - world.nowMs())
    world.emit({kind: 'release-progressed', stage: stage.name, release, workloads, budgetLeftMs})
  }
}

/** What changed in a hook may be what it fails of. */
function withHookChanges(step: ReleaseStep): ReleaseStep {
  return {...step, changes: [...step.changes, ...step.hooks.flatMap(({change}) => change ?? [])]}
}

function kindsOf(steps: readonly ReleaseStep[]): JudgedKind[] {
  const refs = steps.flatMap(step => [...step.workloads, ...awaitedHooks(step)])
  return [
    ...new Map(
      refs.map(({kind, apiVersion}) => [kind, apiVersion === undefined ? {kind} : {kind, apiVersion}]),
    ).values(),
  ]
}

// Wikimedia's pods carry the release's name; pods of other releases in the namespace are not ours to wait for.
function isOfStage(stage: Stage) {
  const keys = new Set(stage.steps.map(step => releaseKey(step.release)))
  return ({metadata}: {metadata: {namespace?: string; labels?: Record<string, string>}}) =>
    keys.has(releaseKey({namespace: metadata.namespace ?? '', name: metadata.labels?.release ?? ''}))
}
