import type {ObjectChange} from '../diff/changes.ts'
import {workloadsOf} from '../diff/images.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import type {WorkloadRef} from '../rollout/verdict.ts'

/**
 * What has to become healthy for a step to be done: its workloads, and, of all other objects, those that the step changes or
 * makes. So a new version, which changes workloads only, is followed with no request more.
 */
export function watchedIn(
  wanted: readonly KubernetesObject[],
  before: readonly KubernetesObject[],
  changes: readonly ObjectChange[],
): WorkloadRef[] {
  const changed = new Set(changes.filter(({kind}) => kind !== 'removed').map(keyOfChange))
  const podsAreOthers = podLabels(wanted) !== podLabels(before)
  const others = wanted.filter(
    ({kind, namespace, name}) =>
      !SILENT.has(kind) &&
      (changed.has(`${kind}/${namespace}/${name}`) || (kind === 'Service' && podsAreOthers)),
  )
  return [...workloadsOf(wanted), ...others.filter(one => workloadsOf([one]).length === 0).map(refOf)]
}

/** Kinds that are as they were written: nobody answers, so there is nothing to read. */
const SILENT: ReadonlySet<string> = new Set([
  'ClusterRole',
  'ClusterRoleBinding',
  'ConfigMap',
  'Endpoints',
  'EndpointSlice',
  'GlobalNetworkPolicy',
  'LimitRange',
  'Namespace',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'PriorityClass',
  'ResourceQuota',
  'Role',
  'RoleBinding',
  'Secret',
  'ServiceAccount',
  'StorageClass',
])

/**
 * The cluster's own discovery is asked for a kind of a group with a domain: `k8s.io` has much besides what every cluster serves
 * (gateway.networking.k8s.io), and a kind alone does not tell which.
 */
function refOf({apiVersion, kind, namespace, name}: KubernetesObject): WorkloadRef {
  return {kind, namespace, name, ...(apiVersion.includes('.') ? {apiVersion} : {})}
}

/** A Service chooses pods by their labels, and the ports of a pod by their names. */
function podLabels(objects: readonly KubernetesObject[]): string {
  const templates = objects.flatMap(({body}) => body?.spec?.template ?? [])
  return JSON.stringify(
    templates.map(({metadata, spec}) => [
      metadata?.labels ?? {},
      (spec?.containers ?? []).map((container: {ports?: unknown}) => container.ports ?? []),
    ]),
  )
}

function keyOfChange({objectKind, namespace, name}: ObjectChange): string {
  return `${objectKind}/${namespace}/${name}`
}
