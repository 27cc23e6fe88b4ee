import {conditionsOf, freshCondition} from './conditions.ts'
import {verdictOf} from './combine.ts'
import {accepted, objectDoom, withoutPods} from './object-verdict.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf, timeOf} from './text.ts'
import type {ApiObject, Verdict, WorkloadRef} from './verdict.ts'

/**
 * What its own definition is at fault for: a target that is not there, a selector or metric that nobody understands
 * (pkg/controller/podautoscaler/horizontal.go). Missing metrics are no verdict: new pods have none yet, and the metrics server
 * may be away. How many pods there are to be is read from the workload itself, which it writes to.
 */
const OWN_FAULTS = /^(FailedGetScale|InvalidSelector|InvalidMetricSourceType|AmbiguousSelector)$/

export function judgeAutoscaler(
  ref: WorkloadRef,
  autoscaler: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const fault = conditionsOf(autoscaler).find(
    ({type, status, reason = ''}) =>
      status === 'False' &&
      OWN_FAULTS.test(reason) &&
      freshCondition(autoscaler, type, reading.baseline, 'False') !== undefined,
  )
  if (fault === undefined) return accepted(ref)
  const message = `it cannot scale: ${fault.message ?? fault.reason}`
  return verdictOf(
    objectDoom(
      'cannot-scale',
      message,
      evidenceOf(fault.reason, fault.message),
      timeOf(fault.lastTransitionTime),
    ),
    withoutPods(ref, 'cannot scale'),
    settings,
  )
}
