import {verdictOf} from './combine.ts'
import {accepted, objectDoom, withoutPods} from './object-verdict.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf} from './text.ts'
import type {ApiObject, Verdict, WorkloadRef} from './verdict.ts'

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#phase */
export function judgeVolumeClaim(
  ref: WorkloadRef,
  claim: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const phase: string | undefined = claim.status?.phase
  const {uid = ''} = claim.metadata
  if (phase === 'Lost' && !reading.baseline.lostClaims.has(uid)) {
    const message = `its volume ${claim.spec?.volumeName ?? ''} is gone, with what was on it`
    return verdictOf(objectDoom('claim-lost', message, 'Lost'), withoutPods(ref, message), settings)
  }
  const isOld = reading.baseline.pendingClaims.has(uid)
  if (phase !== 'Pending' || isOld || isLeftToPods(claim, reading)) return accepted(ref)
  const event = reading.warningsOf(claim).at(-1) ?? reading.lastEventOf(claim)
  const message = 'nobody provides the volume that it asks for'
  return verdictOf(
    objectDoom(
      'claim-pending',
      message,
      evidenceOf('Pending', event?.reason, event?.message),
      event?.firstAtMs,
    ),
    withoutPods(ref, 'not bound yet'),
    settings,
  )
}

/** A class that waits for the first pod binds when there is one: then it is the pod that waits, and is judged. */
function isLeftToPods(claim: ApiObject, reading: Reading): boolean {
  if (!reading.canRead('Event')) return true
  return /^WaitFor(FirstConsumer|PodScheduled)$/.test(reading.lastEventOf(claim)?.reason ?? '')
}
