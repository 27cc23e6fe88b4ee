import type {ApiObject} from '../rollout/verdict.ts'

/**
 * An object without what nobody here reads. `managedFields` is often the larger half of any object; of a pod most of the rest
 * repeats its template. A rollout of 500 pods brings thousands of versions of them, and the memory of those that were replaced is
 * not free again at once.
 */
export function slim(object: ApiObject): ApiObject {
  const {managedFields: _, ...metadata} = object.metadata
  const {spec, status} = object
  if (!Array.isArray(spec?.containers)) return {...object, metadata}
  return {
    ...object,
    metadata,
    spec: {
      nodeName: spec.nodeName,
      hostNetwork: spec.hostNetwork,
      restartPolicy: spec.restartPolicy,
      containers: spec.containers.map(slimContainer),
      initContainers: spec.initContainers?.map(slimContainer),
    },
    status: {
      phase: status?.phase,
      reason: status?.reason,
      message: status?.message,
      podIP: status?.podIP,
      conditions: status?.conditions,
      containerStatuses: status?.containerStatuses?.map(slimStatus),
      initContainerStatuses: status?.initContainerStatuses?.map(slimStatus),
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a container of the API
function slimContainer({name, image, restartPolicy, ports, resources}: any) {
  const memory = resources?.limits?.memory
  return {name, image, restartPolicy, ports, ...(memory === undefined ? {} : {resources: {limits: {memory}}})}
}

// biome-ignore lint/suspicious/noExplicitAny: a container status of the API
function slimStatus({name, state, lastState, ready, restartCount, started}: any) {
  return {name, state, lastState, ready, restartCount, started}
}
