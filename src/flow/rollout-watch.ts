import {releaseKey} from '../plan/release-ref.ts'
import {type Follow, followNamespace, type JudgedKind} from '../cluster/follow.ts'
import {wakeReplicaSet} from '../cluster/wake.ts'
import type {Failure} from '../plan/events.ts'
import type {ReleaseStep, Stage} from '../plan/plan.ts'
import {NOTHING_BEFORE, takeBaseline} from '../rollout/baseline.ts'
import {blockingPods} from '../rollout/blocking-pods.ts'
import {heldUpReplicaSets} from '../rollout/held-up.ts'
import {judgeWorkloads} from '../rollout/judge.ts'
import {losePatience, NO_PATIENCE_USED, type Patience} from '../rollout/patience.ts'
import {readyForMs} from '../rollout/ready-since.ts'
import type {RolloutSettings} from '../rollout/settings.ts'
import type {Baseline, Snapshot, Verdict, WorkloadProgress} from '../rollout/verdict.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {StageManner} from './open-stage.ts'
import {verdictOf, type StepVerdict} from './step-verdict.ts'
import type {Wake} from './wake.ts'
import type {World} from './world.ts'

/** The cluster's side of a stage: what its pods do, judged release by release. */
export type RolloutWatch = {
  relist(namespace: string): Promise<void>
  judge(step: ReleaseStep, appliedAtMs: number): StepVerdict
  /** What is left of a stability window when earlier readiness counts. */
  windowLeftMs(windowMs: number): number
  close(): Promise<void>
}

/** One namespace and what it was like before this rollout. */
type Watched = {follow: Follow; baseline: Baseline; patience: Patience; wokenAtMs: number}

/** A cluster that has not answered for so long is at fault itself, whatever the version is. */
const FAULT_LIMIT_MS = 30_000
const SILENCE_TOLD_AFTER_MS = 2000
const WAKE_EVERY_MS = 2000

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
      if (fault !== undefined) {
        const isPatient =
          world.nowMs() < Math.min(fault.sinceMs + FAULT_LIMIT_MS, appliedAtMs + step.timeoutMs)
        return isPatient ? {kind: 'progressing'} : {kind: 'failed', failure: unanswered(fault, site)}
      }
      const isWritten = judgesWrittenAfresh && step.action.kind === 'verify'
      const baseline = isWritten ? NOTHING_BEFORE : one.baseline
      const verdicts = judgeOnce(step, one, baseline, world.settings.rollout)
      wakeHeldUp(one, verdicts, site, world.nowMs())
      remove(step, one.follow.snapshot())
      show(
        step,
        verdicts.map(verdict => verdict.progress),
        appliedAtMs,
      )
      return verdictOf(step, verdicts, appliedAtMs, world.nowMs())
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

// A watch that is just opened anew is not worth a word.
function saySilences({cluster}: EnvironmentSite, world: World) {
  let saidSinceMs: number | undefined
  return (fault: {message: string; sinceMs: number} | undefined): void => {
    if (fault === undefined && saidSinceMs !== undefined) {
      saidSinceMs = undefined
      world.emit({kind: 'noted', text: `${cluster.server} answers again.`})
    }
    if (fault === undefined || saidSinceMs !== undefined) return
    if (world.nowMs() - fault.sinceMs < SILENCE_TOLD_AFTER_MS) return
    saidSinceMs = fault.sinceMs
    world.emit({kind: 'noted', text: `${cluster.server} does not answer, waiting for it: ${fault.message}`})
  }
}

function judgeOnce(
  step: ReleaseStep,
  one: Watched,
  baseline: Baseline,
  settings: RolloutSettings,
): Verdict[] {
  const snapshot = one.follow.snapshot()
  const seen = judgeWorkloads(step.workloads, snapshot, baseline, settings)
  const {verdicts, patience} = losePatience(one.patience, seen, snapshot.nowMs)
  one.patience = patience
  return verdicts
}

// A ReplicaSet that a quota refused once waits for minutes, though there may be room again.
function wakeHeldUp(one: Watched, verdicts: readonly Verdict[], site: EnvironmentSite, nowMs: number): void {
  const isHeldUp = verdicts.some(
    verdict => verdict.kind === 'suspicious' && verdict.doom.reason === 'quota-exceeded',
  )
  if (!isHeldUp || nowMs - one.wokenAtMs < WAKE_EVERY_MS) return
  one.wokenAtMs = nowMs
  for (const {namespace, name} of heldUpReplicaSets(one.follow.snapshot()))
    void wakeReplicaSet(site.cluster, namespace, name)
}

// Each once, and none that has been made anew under its name meanwhile.
function removeBlockingPods(site: EnvironmentSite, world: World) {
  const asked = new Set<string>()
  return (step: ReleaseStep, snapshot: Snapshot): void => {
    for (const {namespace, name, uid} of blockingPods(step.workloads, snapshot)) {
      if (asked.has(uid)) continue
      asked.add(uid)
      world.emit({
        kind: 'noted',
        text: `The pod ${name} of the failed version is removed: its StatefulSet would wait for it.`,
      })
      site.cluster.delete({kind: 'Pod', namespace, name}, {uid}).catch(() => asked.delete(uid))
    }
  }
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

function unanswered(fault: {message: string}, site: EnvironmentSite): Failure {
  return {kind: 'infrastructure', message: `${site.cluster.server} does not answer: ${fault.message}`}
}

function kindsOf(steps: readonly ReleaseStep[]): JudgedKind[] {
  const refs = steps.flatMap(step => step.workloads)
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
