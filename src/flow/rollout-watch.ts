import {type Follow, followNamespace} from '../cluster/follow.ts'
import {readLogs} from '../cluster/logs.ts'
import type {Failure} from '../plan/events.ts'
import type {ReleaseStep, Stage} from '../plan/plan.ts'
import {takeBaseline} from '../rollout/baseline.ts'
import {judgeWorkloads} from '../rollout/judge.ts'
import {readyForMs} from '../rollout/ready-since.ts'
import {DEFAULT_ROLLOUT_SETTINGS} from '../rollout/settings.ts'
import type {Baseline, Snapshot, WorkloadKind, WorkloadProgress} from '../rollout/verdict.ts'
import type {EnvironmentSite} from './gather-environment.ts'
import type {Wake} from './wake.ts'
import type {World} from './world.ts'

export type StepVerdict = {kind: 'progressing'} | {kind: 'ready'} | {kind: 'failed'; failure: Failure}

/** The cluster's side of a stage: what its pods do, judged release by release. */
export type RolloutWatch = {
  relist(namespace: string): Promise<void>
  judge(step: ReleaseStep, appliedAtMs: number): StepVerdict
  /** The same failure with the container's last lines, read before anything is taken back. */
  withEvidence(failure: Failure): Promise<Failure>
  /** What is left of a stability window when earlier readiness counts. */
  windowLeftMs(windowMs: number): number
  close(): Promise<void>
}

/** Follow every namespace of a stage, beginning before anything is changed: old troubles are known as such. */
export async function watchRollout(
  site: EnvironmentSite,
  stage: Stage,
  wake: Wake,
  world: World,
): Promise<RolloutWatch> {
  const follows = new Map<string, Follow>()
  const baselines = new Map<string, Baseline>()
  await Promise.all(
    [...Map.groupBy(stage.steps, step => step.release.namespace)].map(async ([namespace, steps]) => {
      const follow = await followNamespace(site.cluster, namespace, kindsOf(steps), {
        onChange: () => wake.now(),
      })
      follows.set(namespace, follow)
      baselines.set(namespace, takeBaseline(follow.snapshot()))
    }),
  )
  const shown = new Map<string, string>()

  return {
    relist: async namespace => follows.get(namespace)?.relist(),
    judge(step, appliedAtMs) {
      const follow = follows.get(step.release.namespace)
      const baseline = baselines.get(step.release.namespace)
      if (!follow || !baseline) return {kind: 'ready'}
      return judgeStep(step, follow.snapshot(), baseline, appliedAtMs, progress => {
        const text = JSON.stringify(progress)
        if (shown.get(step.release.name) === text) return
        shown.set(step.release.name, text)
        const budgetLeftMs = Math.max(0, appliedAtMs + step.timeoutMs - world.nowMs())
        world.emit({
          kind: 'release-progressed',
          stage: stage.name,
          release: step.release,
          workloads: progress,
          budgetLeftMs,
        })
      })
    },
    withEvidence: failure => withLogs(failure, site),
    windowLeftMs(windowMs) {
      const steady = Math.min(
        ...[...follows.values()].map(follow => readyForMs(follow.snapshot(), isOfStage(stage))),
      )
      return Math.max(0, windowMs - steady)
    },
    close: async () => {
      await Promise.all([...follows.values()].map(follow => follow.close()))
    },
  }
}

function judgeStep(
  step: ReleaseStep,
  snapshot: Snapshot,
  baseline: Baseline,
  appliedAtMs: number,
  show: (progress: readonly WorkloadProgress[]) => void,
): StepVerdict {
  if (step.action.kind === 'uninstall') return {kind: 'ready'}
  const verdicts = judgeWorkloads(step.workloads, snapshot, baseline, DEFAULT_ROLLOUT_SETTINGS)
  const progress = verdicts.map(verdict => verdict.progress)
  show(progress)
  const {release} = step
  const doomed = verdicts.find(verdict => verdict.kind === 'doomed')
  if (doomed) {
    const {workload} = doomed.progress
    const failure: Failure = {
      kind: 'doomed',
      release,
      workload,
      doom: doomed.doom,
      sawAtMs: snapshot.nowMs,
      logs: [],
    }
    return {kind: 'failed', failure}
  }
  if (verdicts.every(verdict => verdict.kind === 'ready')) return {kind: 'ready'}
  if (snapshot.nowMs < appliedAtMs + step.timeoutMs) return {kind: 'progressing'}
  const waitingFor = verdicts.filter(verdict => verdict.kind !== 'ready').map(verdict => verdict.progress)
  return {kind: 'failed', failure: {kind: 'timed-out', release, waitingFor, timeoutMs: step.timeoutMs}}
}

async function withLogs(failure: Failure, {cluster}: EnvironmentSite): Promise<Failure> {
  if (failure.kind !== 'doomed' || failure.doom.pod === undefined || failure.doom.container === undefined)
    return failure
  // Evidence is worth a moment, not a delay: the bad pods are still serving.
  const about = {
    namespace: failure.workload.namespace,
    pod: failure.doom.pod,
    container: failure.doom.container,
    lines: 15,
    signal: AbortSignal.timeout(1000),
  }
  const [previous, current] = await Promise.all([
    readLogs(cluster, {...about, previous: true}),
    readLogs(cluster, about),
  ])
  return {...failure, logs: previous.length > 0 ? previous : current}
}

function kindsOf(steps: readonly ReleaseStep[]): WorkloadKind[] {
  return [...new Set(steps.flatMap(step => step.workloads.map(workload => workload.kind)))]
}

// Wikimedia's pods carry the release's name; pods of other releases in the namespace are not ours to wait for.
function isOfStage(stage: Stage) {
  const names = new Set(stage.steps.map(step => step.release.name))
  return (pod: {metadata: {labels?: Record<string, string>}}) => names.has(pod.metadata.labels?.release ?? '')
}
