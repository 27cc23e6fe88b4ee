import {accepted} from './object-verdict.ts'
import type {Verdict, WorkloadRef} from './verdict.ts'

/**
 * Ready as soon as it is there, suspended or not: its Jobs come and go by its own clock, and those from before say nothing of
 * the new version (https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/).
 */
export function judgeCronJob(ref: WorkloadRef): Verdict {
  return accepted(ref)
}
