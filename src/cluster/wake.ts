import type {Cluster} from './client.ts'

const WOKEN_AT = 'deploy.wikimedia.org/woken-at'

/**
 * Make a ReplicaSet's controller try again now instead of at the end of its back-off: it looks at a ReplicaSet whenever that
 * changes, and an annotation is a change that means nothing. Errors are left alone: it would have tried later anyhow.
 */
export async function wakeReplicaSet(cluster: Cluster, namespace: string, name: string): Promise<void> {
  const annotations = {[WOKEN_AT]: new Date().toISOString()}
  await cluster
    .patch({kind: 'ReplicaSet', namespace, name}, {kind: 'merge', body: {metadata: {annotations}}})
    .catch(() => {})
}
