import {isActive} from './pod.ts'
import type {ApiObject} from './verdict.ts'

/** What a Service chooses its pods by; none when somebody else says where it leads (ExternalName, endpoints of their own). */
export function selectorOf({spec = {}}: ApiObject): Record<string, string> | undefined {
  const selector: Record<string, string> = spec.selector ?? {}
  return spec.type === 'ExternalName' || Object.keys(selector).length === 0 ? undefined : selector
}

export function fits(labels: Record<string, string> | undefined, selector: Record<string, string>): boolean {
  return Object.entries(selector).every(([key, value]) => labels?.[key] === value)
}

/** The pods it may send to, ready or not. */
export function podsBehind(service: ApiObject, pods: readonly ApiObject[]): ApiObject[] {
  const selector = selectorOf(service)
  if (selector === undefined) return []
  return pods.filter(pod => isActive(pod) && fits(pod.metadata.labels, selector))
}

/** It should send to pods, and there is none that it could send to. */
export function isIdle(service: ApiObject, pods: readonly ApiObject[]): boolean {
  return (
    selectorOf(service) !== undefined &&
    !podsBehind(service, pods).some(pod => portsReached(service, pod).length > 0)
  )
}

/**
 * The target ports that a pod has, as the endpoints controller finds them: a number needs no port of the pod, a name does
 * (https://kubernetes.io/docs/concepts/services-networking/service/#field-spec-ports). A headless Service needs no port at all.
 */
function portsReached({spec = {}}: ApiObject, pod: ApiObject): (string | number)[] {
  const targets: (string | number)[] = (spec.ports ?? []).map(
    (port: {port: number; targetPort?: string | number}) => port.targetPort ?? port.port,
  )
  if (targets.length === 0) return [0]
  const names = portNamesOf(pod)
  return targets.filter(target => typeof target === 'number' || names.has(target))
}

function portNamesOf({spec = {}}: ApiObject): Set<string> {
  const containers: {ports?: {name?: string}[]; restartPolicy?: string}[] = [
    ...(spec.containers ?? []),
    ...(spec.initContainers ?? []),
  ]
  return new Set(containers.flatMap(({ports = []}) => ports.flatMap(({name}) => name ?? [])))
}
