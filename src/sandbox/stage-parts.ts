import {FAILURE_TAGS, type FailureTag, imagePattern} from './failure-tags.ts'

export type Condition = {key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[]}

/** What tells one stage in the life of a pod from another. */
export type StageParts = {
  name: string
  when: Condition[]
  delayMs: number
  /** A jq expression that gives a duration, instead of delayMs. */
  delayFrom?: string
  jitterMs?: number
  event?: {type: 'Normal' | 'Warning'; reason: string; message: string}
  statusTemplate?: string
  delete?: boolean
}

export const CRASHING: FailureTag[] = ['crash', 'oom']
// Object.keys knows no better than string[].
export const ALL_TAGS = Object.keys(FAILURE_TAGS) as FailureTag[]

export const IS_KEPT: Condition = {key: '.metadata.deletionTimestamp', operator: 'DoesNotExist'}
export const HAS_NOT_STARTED: Condition = {key: '.status.containerStatuses', operator: 'DoesNotExist'}
export const IS_ON_A_NODE: Condition = {key: '.spec.nodeName', operator: 'Exists'}
export const RESTARTS: Condition = {key: '.spec.restartPolicy', operator: 'NotIn', values: ['Never']}
export const RESTARTS_NEVER: Condition = {key: '.spec.restartPolicy', operator: 'In', values: ['Never']}
export const ENDS: Condition = {key: '.spec.restartPolicy', operator: 'In', values: ['Never', 'OnFailure']}
export const IS_RUNNING: Condition = {key: '.status.phase', operator: 'In', values: ['Running']}
export const STARTING = [IS_KEPT, IS_ON_A_NODE, HAS_NOT_STARTED]

/** jq: the images of a pod that have one of these tags. */
export function tagged(tags: FailureTag[]): string {
  return `.spec.containers[].image | select(test("${imagePattern(...tags)}"))`
}

/** jq: something of each container status whose image has one of these tags. */
export function containersWith(tags: FailureTag[], expression: string): string {
  return `.status.containerStatuses[]? | select(.image | test("${imagePattern(...tags)}")) | ${expression}`
}

/** jq: whether such a container was restarted before. */
export function restartsOf(tags: FailureTag[]): string {
  return containersWith(tags, 'if (.restartCount // 0) == 0 then "first" else "later" end')
}
