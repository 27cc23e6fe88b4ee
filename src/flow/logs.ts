import {askForLogs} from '../cluster/logs.ts'
import {DeployError} from '../errors.ts'
import {choosePods, type PodRequest} from './logs-choice.ts'
import {findPods, type PlacedPod, type PodPlace} from './logs-find.ts'
import {hideSecretsIn} from './namespace-secrets.ts'
import type {Secrecy} from './secrecy.ts'

export type LogsRequest = PodRequest & {
  /** The instance before the running one. */
  isPrevious: boolean
  lines: number
}

export type PodLog = {pod: PlacedPod; lines: readonly string[]; fault: DeployError | undefined}

export type LogsReading = {
  /** The most interesting pod first. */
  logs: readonly PodLog[]
  /** Pods that were not read, because there are too many. */
  leftOut: number
  /** Values of Secrets are hidden in the lines; not so for those who may not read Secrets. */
  isMasked: boolean
}

/** One request a pod; nobody reads more at once. */
const MAX_PODS = 10
const MAX_BYTES = 1 << 20

/**
 * What the pods of a service print.
 * @throws DeployError `not-found` when there are no pods, or when none of them has printed anything that can be read
 */
export async function readPodLogs(
  service: string,
  places: readonly PodPlace[],
  request: LogsRequest,
  secrecy: Secrecy,
): Promise<LogsReading> {
  const all = choosePods(await findPods(service, places), request)
  const pods = all.slice(0, MAX_PODS)
  const [logs, isMasked] = await Promise.all([
    Promise.all(pods.map(pod => readOne(pod, request))),
    hideSecretsOf(pods, secrecy),
  ])
  const faults = logs.flatMap(log => log.fault ?? [])
  if (faults[0] !== undefined && faults.length === logs.length) throw faults[0]
  return {
    logs: logs.map(log => ({...log, lines: masked(log.lines, secrecy)})),
    leftOut: all.length - pods.length,
    isMasked,
  }
}

async function readOne(pod: PlacedPod, {isPrevious, lines}: LogsRequest): Promise<PodLog> {
  const {namespace, name, container, place} = pod
  const asked = {namespace, pod: name, container, previous: isPrevious, lines, maxBytes: MAX_BYTES}
  try {
    return {pod, lines: await askForLogs(place.cluster, asked), fault: undefined}
  } catch (fault) {
    if (!(fault instanceof DeployError)) throw fault
    return {pod, lines: [], fault}
  }
}

async function hideSecretsOf(pods: readonly PlacedPod[], secrecy: Secrecy): Promise<boolean> {
  const places = new Map(pods.map(pod => [`${pod.place.name}/${pod.namespace}`, pod]))
  const hidden = await Promise.all(
    [...places.values()].map(({place, namespace}) => hideSecretsIn(place.cluster, namespace, secrecy)),
  )
  return hidden.every(Boolean)
}

// Whole texts are masked, not lines: a value may have several.
function masked(lines: readonly string[], {mask}: Secrecy): readonly string[] {
  return lines.length === 0 ? lines : mask(lines.join('\n')).split('\n')
}
