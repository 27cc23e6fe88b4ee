import {conditionKey, conditionText, conditionsOf} from './conditions.ts'
import {containersOf, endCountOf} from './containers.ts'
import {isIdle} from './service-pods.ts'
import type {ApiObject, Baseline, Snapshot} from './verdict.ts'
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
      snapshot.workloads.map(({metadata}) => [metadata.uid ?? '', metadata.generation ?? 0]),
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
    lostClaims: uidsOf(snapshot.workloads.filter(({status}) => status?.phase === 'Lost')),
    pendingClaims: uidsOf(snapshot.workloads.filter(isPendingClaim)),
    idleServices: uidsOf(
      snapshot.workloads.filter(object => object.kind === 'Service' && isIdle(object, snapshot.pods)),
    ),
  }
}

/** Whatever is wrong is of this rollout. */
export const NOTHING_BEFORE: Baseline = takeBaseline({
  nowMs: 0,
  workloads: [],
  replicaSets: [],
  pods: [],
  events: [],
})

function isPendingClaim({kind, status}: ApiObject): boolean {
  return kind === 'PersistentVolumeClaim' && status?.phase === 'Pending'
}

function uidsOf(objects: readonly ApiObject[]): Set<string> {
  return new Set(objects.map(({metadata}) => metadata.uid ?? ''))
}
