import {judgeBarePod} from './bare-pod.ts'
import {judgeDaemonSet} from './daemon-set.ts'
import {judgeDeployment} from './deployment.ts'
import {judgeJob} from './job.ts'
import {progressOf} from './progress.ts'
import {type Reading, readSnapshot} from './reading.ts'
import {DEFAULT_ROLLOUT_SETTINGS, type RolloutSettings} from './settings.ts'
import {judgeStatefulSet} from './stateful-set.ts'
import {
  type ApiObject,
  type Baseline,
  type Snapshot,
  type Verdict,
  type WorkloadKind,
  type WorkloadRef,
  workloadKey,
} from './verdict.ts'

/**
 * One verdict for each workload, in the order asked. Only what the snapshot shows decides: neither the order of its lists nor
 * what was seen before, so that a lost or repeated event changes nothing.
 */
export function judgeWorkloads(
  refs: readonly WorkloadRef[],
  snapshot: Snapshot,
  baseline: Baseline,
  settings: RolloutSettings = DEFAULT_ROLLOUT_SETTINGS,
): Verdict[] {
  const reading = readSnapshot(snapshot, baseline)
  return refs.map(ref => {
    const workload = reading.workload(ref)
    if (workload === undefined) return missing(ref, reading)
    const verdict = JUDGES[ref.kind](ref, workload, reading, settings)
    return isUntouched(ref, workload, baseline) ? sayUntouched(verdict) : verdict
  })
}

type Judge = (ref: WorkloadRef, workload: ApiObject, reading: Reading, settings: RolloutSettings) => Verdict

const JUDGES: Record<WorkloadKind, Judge> = {
  Deployment: judgeDeployment,
  StatefulSet: judgeStatefulSet,
  DaemonSet: judgeDaemonSet,
  Job: judgeJob,
  Pod: judgeBarePod,
}

/** helm wrote nothing new to it: what is wrong with it comes from elsewhere, such as a ConfigMap it reads. */
function isUntouched(ref: WorkloadRef, workload: ApiObject, baseline: Baseline): boolean {
  return baseline.generations.get(workloadKey(ref)) === workload.metadata.generation
}

function sayUntouched(verdict: Verdict): Verdict {
  if (verdict.kind !== 'doomed' && verdict.kind !== 'suspicious') return verdict
  const {doom} = verdict
  return {...verdict, doom: {...doom, message: `${doom.message} (its own definition was not changed)`}}
}

/** Not being there is never a verdict: the list may be behind, or not be readable. */
function missing(ref: WorkloadRef, reading: Reading): Verdict {
  const note = reading.canRead(ref.kind)
    ? `the ${ref.kind} is not there yet`
    : `this user may not read a ${ref.kind}`
  const progress = progressOf(ref, {wanted: 0, updated: 0, ready: 0}, [])
  return {kind: 'progressing', progress: {...progress, waitingFor: note}}
}
