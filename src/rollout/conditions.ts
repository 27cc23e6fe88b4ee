import type {ApiObject, Baseline} from './verdict.ts'

export type Condition = {
  type: string
  status: string
  reason?: string
  message?: string
  lastUpdateTime?: string
  lastTransitionTime?: string
  observedGeneration?: number
}

/** A condition that is true (or as `status` says) and is not left over from before the rollout. */
export function freshCondition(
  object: ApiObject,
  type: string,
  baseline: Baseline,
  status = 'True',
): Condition | undefined {
  const condition = conditionsOf(object).find(each => each.type === type && each.status === status)
  if (condition === undefined) return undefined
  return baseline.conditions.get(conditionKey(object, type)) === conditionText(condition)
    ? undefined
    : condition
}

export function conditionsOf(object: ApiObject): Condition[] {
  return object.status?.conditions ?? []
}

export function conditionKey(object: ApiObject, type: string): string {
  return `${object.metadata.uid}/${type}`
}

export function conditionText(condition: Condition): string {
  const {status, reason, message, lastUpdateTime, lastTransitionTime} = condition
  return [status, reason, message, lastUpdateTime, lastTransitionTime].join(' ')
}
