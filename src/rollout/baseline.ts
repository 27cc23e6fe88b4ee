import {containersOf, endCountOf} from './containers.ts'
import {type ApiObject, type Baseline, objectKey, type Snapshot} from './verdict.ts'
import {eventCount} from './warnings.ts'

/**
 * Remember what is there before the first change: what still says the same afterwards is not news of the rollout. Compared by
 * value, not by time: the clocks of the nodes, the cluster and this host differ.
 */
export function takeBaseline(snapshot: Snapshot): Baseline {
  const conditioned = [...snapshot.workloads, ...snapshot.replicaSets]
  return {
    startedAtMs: snapshot.nowMs,
    generations: new Map(
      snapshot.workloads.map(object => [objectKey(object), object.metadata.generation ?? 0]),
    ),
    restartCounts: new Map(
      snapshot.pods.flatMap(pod =>
        containersOf(pod).map(each => [`${pod.metadata.uid}/${each.name}`, endCountOf(each.status)] as const),
      ),
    ),
    podUids: new Set(snapshot.pods.map(pod => pod.metadata.uid ?? '')),
    conditions: new Map(
      conditioned.flatMap(object =>
        conditionsOf(object).map(each => [conditionKey(object, each.type), conditionText(each)] as const),
      ),
    ),
    eventCounts: new Map(snapshot.events.map(event => [event.metadata.uid ?? '', eventCount(event)])),
  }
}

export type Condition = {
  type: string
  status: string
  reason?: string
  message?: string
  lastUpdateTime?: string
  lastTransitionTime?: string
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

function conditionKey(object: ApiObject, type: string): string {
  return `${object.metadata.uid}/${type}`
}

function conditionText(condition: Condition): string {
  const {status, reason, message, lastUpdateTime, lastTransitionTime} = condition
  return [status, reason, message, lastUpdateTime, lastTransitionTime].join(' ')
}
