import {accepted} from './object-verdict.ts'
import type {Verdict, WorkloadRef} from './verdict.ts'

/** Ready as soon as it is there: an address in its status is the controller's choice, and many never write one. */
export function judgeIngress(ref: WorkloadRef): Verdict {
  return accepted(ref)
}
