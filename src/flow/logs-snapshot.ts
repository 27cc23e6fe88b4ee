import type {Cluster} from '../cluster/client.ts'
import {DeployError} from '../errors.ts'
import type {ApiObject, Snapshot} from '../rollout/verdict.ts'

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job']

/** One look at the workloads, pods and warnings of a namespace; kinds that may not be read are left out. */
export async function lookAt(cluster: Cluster, namespace: string): Promise<Snapshot> {
  const unreadable: string[] = []
  const list = async (kind: string, fieldSelector?: string) => {
    const found = await listed(cluster, kind, namespace, fieldSelector)
    if (found === 'forbidden') unreadable.push(kind)
    return found === 'forbidden' ? [] : found
  }
  const [pods, replicaSets, events, ...workloads] = await Promise.all([
    cluster.list({kind: 'Pod', namespace}).then(({items}) => items),
    list('ReplicaSet'),
    list('Event', 'type=Warning'),
    ...WORKLOADS.map(kind => list(kind)),
  ])
  return {nowMs: Date.now(), workloads: workloads.flat(), replicaSets, pods, events, unreadable}
}

async function listed(
  cluster: Cluster,
  kind: string,
  namespace: string,
  fieldSelector: string | undefined,
): Promise<ApiObject[] | 'forbidden'> {
  const query = fieldSelector === undefined ? {} : {fieldSelector}
  try {
    return (await cluster.list({kind, namespace}, query)).items.map(item => ({...item, kind}))
  } catch (error) {
    if (error instanceof DeployError && error.exitKind === 'forbidden') return 'forbidden'
    throw error
  }
}
