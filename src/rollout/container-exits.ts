import {type ContainerContext, doomOf, named, warningsOf} from './container-doom.ts'
import {type Container, endCountOf, endOf, type Termination} from './containers.ts'
import {timeOf} from './text.ts'
import type {Doom, DoomReason} from './verdict.ts'

/** Where nothing was begun it is left out. */
export const SINCE_BEGUN = ' since this rollout began'

/**
 * Restart counts are latched: CrashLoopBackOff comes and goes with Running between the restarts (peers.md §3, case 11).
 */
export function judgeExits(container: Container, context: ContainerContext): Doom | undefined {
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
  const times = `${ends} times${SINCE_BEGUN}`
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
