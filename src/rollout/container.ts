import {type Container, endCountOf, endOf, type Termination} from './containers.ts'
import {type PullFault, pullFaultOf} from './pull-errors.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf, timeOf} from './text.ts'
import type {ApiObject, Doom, DoomReason} from './verdict.ts'
import type {Warning} from './warnings.ts'

/** What a judge needs besides the container itself. */
export type ContainerContext = {
  pod: ApiObject
  /** Warnings about the pod since the rollout began. */
  warnings(): readonly Warning[]
  settings: RolloutSettings
  /** How often it had ended before the rollout began. */
  endsBefore: number
  /** A Job counts the failures of its pods itself. */
  areExitsHeld: boolean
}

/** The worst that can be said of one container, or nothing. */
export function judgeContainer(container: Container, context: ContainerContext): Doom | undefined {
  return (
    judgeImage(container, context) ??
    judgeConfig(container, context) ??
    judgeStart(container, context) ??
    (context.areExitsHeld ? judgeExits(container, context) : undefined) ??
    judgeReadiness(container, context)
  )
}

/** https://kubernetes.io/docs/concepts/containers/images/: the kubelet's reasons around a pull (pkg/kubelet/images/types.go). */
function judgeImage(container: Container, context: ContainerContext): Doom | undefined {
  const {reason, message = ''} = container.status?.state?.waiting ?? {}
  const {image} = container
  const doom = (what: DoomReason, sentence: string) =>
    doomOf(
      what,
      sentence,
      container,
      context,
      [reason, message],
      shownByWarning(context, container, /pull|image/i),
    )
  if (reason === 'InvalidImageName') return doom('image-name-invalid', `"${image}" is not an image name`)
  if (reason === 'ErrImageNeverPull')
    return doom('image-never-pulled', `image ${image} is not on the node, and its policy is never to pull it`)
  if (!/^(ErrImagePull|ImagePullBackOff|RegistryUnavailable|ImageInspectError)$/.test(reason ?? ''))
    return undefined
  // Older kubelets say only "Back-off pulling image": then the warning has the cause.
  const fault = pullFaultOf(message) ?? pullFaultOf(pullWarnings(context, container)) ?? 'registry-fault'
  return doom(fault, PULL_SENTENCES[fault](image))
}

const PULL_SENTENCES: Record<PullFault, (image: string | undefined) => string> = {
  'image-not-found': image => `image ${image} is not in the registry`,
  'image-denied': image => `the registry does not hand out image ${image}: it is private, or not there`,
  'image-name-invalid': image => `"${image}" is not an image name`,
  'image-never-pulled': image => `image ${image} is not on the node, and its policy is never to pull it`,
  'registry-fault': image => `image ${image} cannot be pulled at the moment`,
}

/** The kubelet checks what a container refers to before it makes it (kubelet_pods.go, makeEnvironmentVariables). */
function judgeConfig(container: Container, context: ContainerContext): Doom | undefined {
  const {reason, message = ''} = container.status?.state?.waiting ?? {}
  if (reason !== 'CreateContainerConfigError') return undefined
  const shown = shownByWarning(context, container, /not found|couldn't find|sync|Error:/i)
  const words = [reason, message]
  // The kubelet's own cache is behind: krane learnt to wait here (pod.rb:223-250).
  if (/failed to sync (secret|configmap) cache/i.test(message))
    return doomOf(
      'config-not-synced',
      'the node has not seen its Secrets yet',
      container,
      context,
      words,
      shown,
    )
  if (!/not found|couldn't find key|non-existent (config|secret) key/i.test(message)) return undefined
  const sentence = `${named(container)} refers to something that is not there: ${message}`
  return doomOf('config-missing', sentence, container, context, words, shown)
}

/** What container runtimes say when there is nothing to run: the image's or the command's own fault (runc, crun). */
const NOTHING_TO_RUN =
  /executable file .*not found|\bexec:? .*(no such file or directory|permission denied|exec format error|(is|not) a directory)|no command specified|runAsNonRoot|run as root|breaks non-root policy|non-numeric user/i

function judgeStart(container: Container, context: ContainerContext): Doom | undefined {
  const waiting = container.status?.state?.waiting
  const end = endOf(container.status)
  const isEndNews = endCountOf(container.status) > context.endsBefore
  const cannotStart = /^(RunContainerError|CreateContainerError|CreateContainerConfigError)$/.test(
    waiting?.reason ?? '',
  )
  // A container that runs by now has started after all.
  const isHeld = isEndNews && container.status?.state?.running === undefined
  const startError = isHeld && /^(StartError|ContainerCannotRun)$/.test(end?.reason ?? '') ? end : undefined
  if (!cannotStart && startError === undefined) return undefined
  const words = [waiting?.reason ?? startError?.reason, waiting?.message ?? startError?.message]
  const text = `${waiting?.message ?? ''} ${startError?.message ?? ''}`
  const shownAtMs = timeOf(startError?.finishedAt) ?? shownByWarning(context, container, /Error|failed/i)
  const [reason, sentence] = NOTHING_TO_RUN.test(text)
    ? ([
        'cannot-run',
        `${named(container)} cannot be started: what it should run is not there, or may not run`,
      ] as const)
    : (['start-fault', `${named(container)} cannot be started`] as const)
  return doomOf(reason, sentence, container, context, words, shownAtMs)
}

/**
 * Restart counts are latched: CrashLoopBackOff comes and goes with Running between the restarts (peers.md §3, case 11).
 */
function judgeExits(container: Container, context: ContainerContext): Doom | undefined {
  const end = endOf(container.status)
  const ends = endCountOf(container.status) - context.endsBefore
  if (end === undefined || ends < context.settings.crashLoopExits) return undefined
  // The node went away under the container: not its own doing.
  if (end.reason === 'ContainerStatusUnknown' || (end.exitCode === 255 && end.reason === 'Unknown'))
    return undefined
  const probe = failedProbe(container, context)
  const waiting = container.status?.state?.waiting
  const words = [waiting?.message, end.reason, `exit code ${end.exitCode}`, end.message]
  const doom = (reason: DoomReason, sentence: string, more?: string) =>
    doomOf(reason, sentence, container, context, [...words, more], timeOf(end.finishedAt))
  const times = `${ends} times since this rollout began`
  if (end.reason === 'OOMKilled')
    return doom(
      'out-of-memory',
      `${named(container)} was killed for using more memory than its limit${limitText(container)} (${times})`,
    )
  if (probe !== undefined && KILLED.includes(end.exitCode))
    return doom(
      'probe-killed',
      `${named(container)} is killed again and again because its ${probe.kind} probe fails (${times})`,
      probe.message,
    )
  if (end.exitCode !== 0)
    return doom('crash-loop', `${named(container)} ${howItEnds(end)} soon after it starts (${times})`)
  return container.role === 'init' || waiting?.reason !== 'CrashLoopBackOff'
    ? undefined
    : doom(
        'exits-cleanly',
        `${named(container)} ends by itself with exit code 0 instead of serving (${times})`,
      )
}

/** It runs, and has been asked in vain; before its startup probe succeeds the kubelet does not ask (`started`). */
function judgeReadiness(container: Container, context: ContainerContext): Doom | undefined {
  const {state, ready, started} = container.status ?? {}
  if (state?.running === undefined || ready !== false || started === false) return undefined
  const warning = warningsOf(context, container).findLast(
    each => each.reason === 'Unhealthy' && /^Readiness probe (failed|errored)/.test(each.message),
  )
  if (warning === undefined) return undefined
  const sentence = `${named(container)} runs and does not become ready`
  return doomOf('not-ready', sentence, container, context, [warning.message], warning.firstAtMs)
}

/** A kubelet that kills sends TERM, then KILL: 143, 137, or 0 when the program ends in good order. */
const KILLED = [0, 137, 143]

function howItEnds({exitCode, signal}: Termination): string {
  if (signal) return `dies of signal ${signal}`
  return `exits with code ${exitCode}`
}

function limitText({memoryLimit}: Container): string {
  return memoryLimit === undefined ? '' : ` of ${memoryLimit}`
}

/** The kubelet's warning "Liveness probe failed: …"; readiness probes kill nothing. */
function failedProbe(container: Container, context: ContainerContext) {
  for (const {reason, message} of warningsOf(context, container)) {
    const [, kind] = /^(Liveness|Startup) probe (?:failed|errored)/.exec(message) ?? []
    if (reason === 'Unhealthy' && kind !== undefined) return {kind: kind.toLowerCase(), message}
  }
  return undefined
}

function pullWarnings(context: ContainerContext, container: Container): string {
  const messages = warningsOf(context, container).map(each => each.message)
  return messages.filter(message => /pull/i.test(message)).join(' ')
}

/** When Kubernetes first said so. */
function shownByWarning(context: ContainerContext, container: Container, words: RegExp): number | undefined {
  const times = warningsOf(context, container).flatMap(each =>
    words.test(each.message) ? (each.firstAtMs ?? []) : [],
  )
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Those that name no container are about the pod's only trouble. */
function warningsOf(context: ContainerContext, container: Container): Warning[] {
  return context.warnings().filter(each => each.container === undefined || each.container === container.name)
}

function named(container: Container): string {
  const roles = {init: 'init container', sidecar: 'sidecar', main: 'container'}
  return `${roles[container.role]} ${container.name}`
}

function doomOf(
  reason: DoomReason,
  message: string,
  container: Container,
  {pod}: ContainerContext,
  words: readonly (string | undefined)[],
  shownAtMs: number | undefined,
): Doom {
  return {
    reason,
    message,
    pod: pod.metadata.name,
    container: container.name,
    image: container.image,
    evidence: evidenceOf(...words),
    shownAtMs,
  }
}
