import {conditionsOf} from './conditions.ts'
import {createErrorOf} from './create-errors.ts'
import type {Snapshot} from './verdict.ts'

/**
 * ReplicaSets that wait for their next attempt to make a pod, which a quota refused. Their controller doubles its pause each
 * time, up to 1000 s, and does not notice that there is room again: measured, 40 s and then more than 160 s with a quota that
 * was tight only while pods were exchanged. Any change to the ReplicaSet makes it try at once (see cluster/wake.ts).
 */
export function heldUpReplicaSets(snapshot: Snapshot): {namespace: string; name: string}[] {
  return snapshot.replicaSets
    .filter(set => (set.spec?.replicas ?? 0) > (set.status?.replicas ?? 0))
    .filter(set =>
      conditionsOf(set).some(
        each =>
          each.type === 'ReplicaFailure' &&
          each.status === 'True' &&
          createErrorOf(each.message ?? '').reason === 'quota-exceeded',
      ),
    )
    .map(({metadata}) => ({namespace: metadata.namespace ?? '', name: metadata.name}))
}
