import type {Cluster} from './names.ts'

export type KubeObject = {apiVersion: string; kind: string; metadata: {name: string; namespace?: string}}

/** The two identities Wikimedia has per namespace, and the ClusterRole each is bound to. */
export const IDENTITIES = ['deploy', 'view'] as const
export type Identity = (typeof IDENTITIES)[number]

const PLURALS: Record<string, string> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  CustomResourceDefinition: 'customresourcedefinitions',
  Namespace: 'namespaces',
  Node: 'nodes',
  RoleBinding: 'rolebindings',
  ServiceAccount: 'serviceaccounts',
}

const NODE_NAMES: Record<Cluster, readonly string[]> = {
  staging: ['kubestage1003', 'kubestage1004'],
  eqiad: ['wikikube-worker1001', 'wikikube-worker1002', 'wikikube-worker1003'],
  codfw: ['wikikube-worker2001', 'wikikube-worker2002', 'wikikube-worker2003'],
}

/** The path of an object in the API. */
export function pathOf({apiVersion, kind, metadata}: KubeObject): string {
  const plural = PLURALS[kind]
  if (plural === undefined)
    throw new Error(`apply ${kind} ${metadata.name}: its path in the API is not known here`)
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`
  return `${group}${namespace}/${plural}/${metadata.name}`
}

export function nodeNames(cluster: Cluster): readonly string[] {
  return NODE_NAMES[cluster]
}

/** What a node says of where it stands. */
export function placeLabels(name: string, cluster: Cluster): Record<string, string> {
  return {
    'node.kubernetes.io/disk-type': 'ssd',
    'topology.kubernetes.io/region': cluster === 'codfw' ? 'codfw' : 'eqiad',
    'topology.kubernetes.io/zone': `row-${name.at(-1) ?? 'a'}`,
  }
}

/** Nodes that exist in the API only; kwok plays their kubelets. */
export function simulatedNodes(cluster: Cluster): KubeObject[] {
  return NODE_NAMES[cluster].map(name => simulatedNode(name, cluster))
}

export function namespaceObject(name: string): KubeObject {
  const labels = {'kubernetes.io/metadata.name': name, 'app.kubernetes.io/managed-by': 'deploy-sandbox'}
  return {apiVersion: 'v1', kind: 'Namespace', metadata: {name, labels}} as KubeObject
}

export function serviceAccount(namespace: string, identity: Identity): KubeObject {
  return {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: identity, namespace}}
}

export function roleBinding(namespace: string, identity: Identity): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: {name: identity, namespace},
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: identity},
    subjects: [{kind: 'ServiceAccount', name: identity, namespace}],
  } as KubeObject
}

function simulatedNode(name: string, cluster: Cluster): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: {'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0'},
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        ...placeLabels(name, cluster),
        type: 'kwok',
      },
    },
  } as KubeObject
}
