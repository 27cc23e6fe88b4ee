import {judgeAutoscaler} from './autoscaler.ts'
import {judgeBarePod} from './bare-pod.ts'
import {judgeCronJob} from './cron-job.ts'
import {judgeDaemonSet} from './daemon-set.ts'
import {judgeDeployment} from './deployment.ts'
import {judgeIngress} from './ingress.ts'
import {judgeJob, judgeRemovedJob} from './job.ts'
import {accepted} from './object-verdict.ts'
import {progressOf} from './progress.ts'
import {type Reading, readSnapshot} from './reading.ts'
import {judgeService} from './service.ts'
import {DEFAULT_ROLLOUT_SETTINGS, type RolloutSettings} from './settings.ts'
import {judgeByConditions} from './standard-conditions.ts'
import {judgeStatefulSet} from './stateful-set.ts'
import {
  type ApiObject,
  type Baseline,
  type Snapshot,
  type Verdict,
  type WorkloadKind,
  type WorkloadRef,
} from './verdict.ts'
import {judgeVolumeClaim} from './volume-claim.ts'

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
    if (workload === undefined) return missing(ref, reading, settings)
    const judge = hasPods(ref.kind) ? JUDGES[ref.kind] : (OTHER_JUDGES[ref.kind] ?? judgeByConditions)
    const verdict = judge(ref, workload, reading, settings)
    return isUntouched(workload, baseline) ? sayUntouched(verdict) : verdict
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

/** Any other kind is judged by its conditions. */
const OTHER_JUDGES: Readonly<Record<string, Judge>> = {
  CronJob: judgeCronJob,
  HorizontalPodAutoscaler: judgeAutoscaler,
  Ingress: judgeIngress,
  PersistentVolumeClaim: judgeVolumeClaim,
  Service: judgeService,
}

/** Its pods say how it is. */
export function hasPods(kind: string): kind is WorkloadKind {
  return kind in JUDGES
}

/** helm wrote nothing new to it: what is wrong with it comes from elsewhere, such as a ConfigMap it reads. */
function isUntouched({metadata}: ApiObject, {generations}: Baseline): boolean {
  const before = generations.get(metadata.uid ?? '')
  return before !== undefined && before === metadata.generation
}

function sayUntouched(verdict: Verdict): Verdict {
  if (verdict.kind !== 'doomed' && verdict.kind !== 'suspicious') return verdict
  const {doom} = verdict
  return {...verdict, doom: {...doom, message: `${doom.message} (its own definition was not changed)`}}
}

/** Not being there is never a verdict: the list may be behind, or not be readable; then it is judged from what is left. */
function missing(ref: WorkloadRef, reading: Reading, settings: RolloutSettings): Verdict {
  if (ref.isRemovedAtEnd && reading.canRead('Job')) return judgeRemovedJob(ref, reading, settings)
  if (!hasPods(ref.kind) && !reading.canRead(ref.kind)) return accepted(ref)
  const note = reading.canRead(ref.kind)
    ? `the ${ref.kind} is not there yet`
    : `this user may not read a ${ref.kind}`
  const progress = progressOf(ref, {wanted: 0, updated: 0, ready: 0}, [])
  return {kind: 'progressing', progress: {...progress, waitingFor: note}}
}
