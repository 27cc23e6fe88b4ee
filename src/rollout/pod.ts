import {conditionsOf} from './conditions.ts'
import {judgeContainer} from './container.ts'
import {type Container, containersOf} from './containers.ts'
import type {Reading} from './reading.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf, shortDuration, timeOf} from './text.ts'
import {type ApiObject, type Doom, isSuspicion} from './verdict.ts'
import type {Warning} from './warnings.ts'

/** What is to be said of one pod. */
export type PodFinding = {
  pod: ApiObject
  isReady: boolean
  /** In a few words, for the screen: `ContainerCreating 4 s`. */
  state: string
} & ({kind: 'fine'} | {kind: 'suspicious'; doom: Doom} | {kind: 'doomed'; doom: Doom})

export function judgePod(
  pod: ApiObject,
  reading: Reading,
  settings: RolloutSettings,
  areExitsHeld = true,
): PodFinding {
  const containers = containersOf(pod)
  const warnings = () => reading.warningsOf(pod)
  const dooms = containers.flatMap(container => {
    const endsBefore = reading.baseline.restartCounts.get(`${pod.metadata.uid}/${container.name}`) ?? 0
    return judgeContainer(container, {pod, warnings, settings, endsBefore, areExitsHeld}) ?? []
  })
  const doom =
    dooms.find(each => !isSuspicion(each.reason)) ?? dooms[0] ?? judgePlacement(pod, containers, warnings)
  const about = {pod, isReady: isPodReady(pod), state: stateOf(pod, containers, reading.nowMs)}
  if (doom === undefined) return {...about, kind: 'fine'}
  return {...about, kind: isSuspicion(doom.reason) ? 'suspicious' : 'doomed', doom}
}

/** Pods a controller counts: those being deleted, evicted or done are replaced and say nothing of the version. */
export function isActive(pod: ApiObject): boolean {
  return pod.metadata.deletionTimestamp === undefined && !/^(Failed|Succeeded)$/.test(pod.status?.phase ?? '')
}

export function isPodReady(pod: ApiObject): boolean {
  return conditionsOf(pod).some(each => each.type === 'Ready' && each.status === 'True')
}

/** When the last of these pods became ready, as the kubelet wrote it. */
export function latestReadyMs(pods: readonly ApiObject[]): number | undefined {
  const times = pods.flatMap(pod => readySinceMs(pod) ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** When this pod became ready, if it is. */
export function readySinceMs(pod: ApiObject): number | undefined {
  const ready = conditionsOf(pod).find(each => each.type === 'Ready' && each.status === 'True')
  return timeOf(ready?.lastTransitionTime)
}

/** Trouble on the way to a running container that may pass. */
function judgePlacement(
  pod: ApiObject,
  containers: readonly Container[],
  warnings: () => readonly Warning[],
): Doom | undefined {
  const unscheduled = conditionsOf(pod).find(
    each => each.type === 'PodScheduled' && each.status === 'False' && each.reason === 'Unschedulable',
  )
  if (unscheduled !== undefined) {
    const shownAtMs = timeOf(unscheduled.lastTransitionTime)
    return placementDoom('unschedulable', 'no node can take the pod', pod, unscheduled.message, shownAtMs)
  }
  // The warning stays when the trouble is over: with a sandbox the volumes are mounted, too (kubelet's SyncPod).
  if (hasSandbox(pod) || !containers.some(each => isBeingMade(each.status))) return undefined
  const warning = warnings().findLast(each => each.reason in PLACEMENT_WARNINGS)
  const meaning = warning && PLACEMENT_WARNINGS[warning.reason]
  return meaning && placementDoom(meaning.reason, meaning.sentence, pod, warning.message, warning.firstAtMs)
}

/** pkg/kubelet/events/event.go; the kubelet tries each of them again and again. */
const PLACEMENT_WARNINGS: Record<string, {reason: 'volume-fault' | 'sandbox-fault'; sentence: string}> = {
  FailedMount: {reason: 'volume-fault', sentence: 'a volume of the pod cannot be mounted'},
  FailedAttachVolume: {reason: 'volume-fault', sentence: 'a volume of the pod cannot be attached'},
  FailedMapVolume: {reason: 'volume-fault', sentence: 'a volume of the pod cannot be mapped'},
  FailedCreatePodSandBox: {reason: 'sandbox-fault', sentence: 'the node cannot make a sandbox for the pod'},
}

/** `PodReadyToStartContainers` since Kubernetes 1.29; the address shows it in all. */
function hasSandbox(pod: ApiObject): boolean {
  const isReadyToStart = conditionsOf(pod).some(
    each => each.type === 'PodReadyToStartContainers' && each.status === 'True',
  )
  return isReadyToStart || Boolean(pod.status?.podIP && !pod.spec?.hostNetwork)
}

// biome-ignore lint/suspicious/noExplicitAny: a container status of the API
function isBeingMade(status: any): boolean {
  const reason = status?.state?.waiting?.reason
  return status === undefined || reason === 'ContainerCreating' || reason === 'PodInitializing'
}

function placementDoom(
  reason: 'unschedulable' | 'volume-fault' | 'sandbox-fault',
  message: string,
  pod: ApiObject,
  words: string | undefined,
  shownAtMs: number | undefined,
): Doom {
  return {
    reason,
    message,
    pod: pod.metadata.name,
    container: undefined,
    image: undefined,
    evidence: evidenceOf(words),
    shownAtMs,
  }
}

function stateOf(pod: ApiObject, containers: readonly Container[], nowMs: number): string {
  if (isPodReady(pod)) return 'ready'
  const sinceMs = timeOf(pod.metadata.creationTimestamp)
  const age = sinceMs === undefined ? '' : ` ${shortDuration(nowMs - sinceMs)}`
  return `${whatIsAwaited(pod, containers)}${age}`
}

function whatIsAwaited(pod: ApiObject, containers: readonly Container[]): string {
  const waiting = containers
    .flatMap(each => each.status?.state?.waiting?.reason ?? [])
    // An init container that runs makes all others wait for it: say what is special first.
    .sort((a: string, b: string) => commonness(a) - commonness(b) || (a < b ? -1 : 1))
  if (waiting[0] !== undefined) return waiting[0]
  if (
    !conditionsOf(pod).some(each => each.type === 'PodScheduled' && each.status === 'True') &&
    !pod.spec?.nodeName
  )
    return 'not scheduled'
  const ended = containers.map(each => each.status?.state?.terminated?.exitCode).find(code => code)
  if (ended !== undefined) return `exited with code ${ended},`
  const isRunning = containers.some(each => each.role === 'main' && each.status?.state?.running)
  return isRunning ? 'running, not ready' : (pod.status?.phase ?? 'Pending')
}

function commonness(reason: string): number {
  return reason === 'PodInitializing' ? 2 : reason === 'ContainerCreating' ? 1 : 0
}
