import {verdictOf} from './combine.ts'
import {accepted, objectDoom, withoutPods} from './object-verdict.ts'
import {isPodReady} from './pod.ts'
import type {Reading} from './reading.ts'
import {fits, isIdle, podsBehind, selectorOf} from './service-pods.ts'
import type {RolloutSettings} from './settings.ts'
import type {ApiObject, Doom, Verdict, WorkloadRef} from './verdict.ts'

/**
 * A Service whose pods are well and which sends to none of them. Endpoints are worked out from the pods that are followed anyway,
 * as their controller does it: EndpointSlices are often not to be read. Whether the pods are ready is for their own judges to say.
 */
export function judgeService(
  ref: WorkloadRef,
  service: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
): Verdict {
  const doom = reading.canRead('Pod') ? troubleOf(service, reading) : undefined
  return doom === undefined ? accepted(ref) : verdictOf(doom, withoutPods(ref, doom.message), settings)
}

function troubleOf(service: ApiObject, reading: Reading): Doom | undefined {
  const selector = selectorOf(service)
  const wasIdle = reading.baseline.idleServices.has(service.metadata.uid ?? '')
  if (selector === undefined || wasIdle || !isIdle(service, reading.pods)) return undefined
  const selected = podsBehind(service, reading.pods)
  if (selected.some(isPodReady)) {
    const names = service.spec.ports.map((port: {targetPort?: string}) => port.targetPort).join(', ')
    return objectDoom('selects-no-pod', `its pods have no port of the name ${names}`, `targetPort: ${names}`)
  }
  if (selected.length > 0 || !missesItsOwn(selector, reading)) return undefined
  const text = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  return objectDoom(
    'selects-no-pod',
    `it sends to no pod: none has the labels ${text.join(', ')}`,
    `selector: ${text.join(',')}`,
  )
}

/**
 * Some workload gives its pods every label that is asked for, with other values, and none with these. A label that no template
 * has is given at run time (the leader of a database): whether there is such a pod is not the version's to answer.
 */
function missesItsOwn(selector: Record<string, string>, reading: Reading): boolean {
  const templates = reading.workloads.flatMap(({spec}) => spec?.template?.metadata?.labels ?? [])
  const related = templates.filter(labels => Object.keys(selector).every(key => key in labels))
  if (related.some(labels => fits(labels, selector))) return false
  return reading.pods.some(
    pod => isPodReady(pod) && related.some(labels => fits(pod.metadata.labels, labels)),
  )
}
