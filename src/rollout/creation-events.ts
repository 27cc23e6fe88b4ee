import {createErrorOf} from './create-errors.ts'
import {objectDoom} from './object-verdict.ts'
import type {Reading} from './reading.ts'
import {evidenceOf} from './text.ts'
import type {ApiObject, Doom} from './verdict.ts'

/**
 * StatefulSets, DaemonSets and Jobs have no condition for pods that cannot be made, only the event FailedCreate; it counts
 * as long as pods are still missing.
 */
export function judgeCreationEvents(workload: ApiObject, reading: Reading): Doom | undefined {
  const warning = reading.warningsOf(workload).findLast(each => each.reason === 'FailedCreate')
  if (warning === undefined) return undefined
  const {message} = warning
  const {reason, sentence} = createErrorOf(message)
  return objectDoom(reason, `${sentence}: ${message}`, evidenceOf('FailedCreate', message), warning.firstAtMs)
}
