/** Names a kind, and where its objects are. `apiVersion` may be left out for the common kinds. */
export type KindRef = {apiVersion?: string; kind: string; namespace?: string}
export type ObjectRef = KindRef & {name: string}

/** Where the API serves a kind. */
export type Resource = {apiVersion: string; plural: string; isNamespaced: boolean}

/** The kinds charts commonly use; others are asked of the server's discovery. */
const COMMON_KINDS: Record<string, Resource> = {
  ConfigMap: namespaced('v1', 'configmaps'),
  Secret: namespaced('v1', 'secrets'),
  Service: namespaced('v1', 'services'),
  Endpoints: namespaced('v1', 'endpoints'),
  Pod: namespaced('v1', 'pods'),
  Event: namespaced('v1', 'events'),
  ServiceAccount: namespaced('v1', 'serviceaccounts'),
  PersistentVolumeClaim: namespaced('v1', 'persistentvolumeclaims'),
  ResourceQuota: namespaced('v1', 'resourcequotas'),
  LimitRange: namespaced('v1', 'limitranges'),
  Namespace: {apiVersion: 'v1', plural: 'namespaces', isNamespaced: false},
  Node: {apiVersion: 'v1', plural: 'nodes', isNamespaced: false},
  Deployment: namespaced('apps/v1', 'deployments'),
  ReplicaSet: namespaced('apps/v1', 'replicasets'),
  StatefulSet: namespaced('apps/v1', 'statefulsets'),
  DaemonSet: namespaced('apps/v1', 'daemonsets'),
  ControllerRevision: namespaced('apps/v1', 'controllerrevisions'),
  Job: namespaced('batch/v1', 'jobs'),
  CronJob: namespaced('batch/v1', 'cronjobs'),
  Ingress: namespaced('networking.k8s.io/v1', 'ingresses'),
  NetworkPolicy: namespaced('networking.k8s.io/v1', 'networkpolicies'),
  HorizontalPodAutoscaler: namespaced('autoscaling/v2', 'horizontalpodautoscalers'),
  PodDisruptionBudget: namespaced('policy/v1', 'poddisruptionbudgets'),
  Role: namespaced('rbac.authorization.k8s.io/v1', 'roles'),
  RoleBinding: namespaced('rbac.authorization.k8s.io/v1', 'rolebindings'),
  Lease: namespaced('coordination.k8s.io/v1', 'leases'),
  SelfSubjectAccessReview: {
    apiVersion: 'authorization.k8s.io/v1',
    plural: 'selfsubjectaccessreviews',
    isNamespaced: false,
  },
  SelfSubjectRulesReview: {
    apiVersion: 'authorization.k8s.io/v1',
    plural: 'selfsubjectrulesreviews',
    isNamespaced: false,
  },
}

/** The resource of a common kind; `undefined` when only discovery can tell (another group, an unknown kind). */
export function commonResource(ref: KindRef): Resource | undefined {
  const common = COMMON_KINDS[ref.kind]
  if (common === undefined || ref.apiVersion === undefined) return common
  if (groupOf(ref.apiVersion) !== groupOf(common.apiVersion)) return undefined
  return {...common, apiVersion: ref.apiVersion}
}

/** `/api/v1` or `/apis/GROUP/VERSION`. */
export function apiRoot(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
}

/** The path of a list, or of one object when a name is given. */
export function resourcePath(resource: Resource, namespace: string | undefined, name?: string): string {
  const scope =
    resource.isNamespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`
  return `${apiRoot(resource.apiVersion)}${scope}/${resource.plural}${object}`
}

/** Finds a kind in the answer of `GET /apis/GROUP/VERSION` (an APIResourceList). */
export function discoveredResource(
  apiVersion: string,
  kind: string,
  // biome-ignore lint/suspicious/noExplicitAny: the server's answer, read defensively
  answer: any,
): Resource | undefined {
  const resources: {name: string; kind: string; namespaced: boolean}[] = answer?.resources ?? []
  const found = resources.find(each => each.kind === kind && !each.name.includes('/'))
  return found && {apiVersion, plural: found.name, isNamespaced: found.namespaced}
}

function namespaced(apiVersion: string, plural: string): Resource {
  return {apiVersion, plural, isNamespaced: true}
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
}
