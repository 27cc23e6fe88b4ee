import type {Container} from './containers.ts'
import type {RolloutSettings} from './settings.ts'
import {evidenceOf} from './text.ts'
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

export function doomOf(
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

/** When Kubernetes first said so. */
export function shownByWarning(
  context: ContainerContext,
  container: Container,
  words: RegExp,
): number | undefined {
  const times = warningsOf(context, container).flatMap(each =>
    words.test(each.message) ? (each.firstAtMs ?? []) : [],
  )
  return times.length === 0 ? undefined : Math.min(...times)
}

/** Those that name no container are about the pod's only trouble. */
export function warningsOf(context: ContainerContext, container: Container): Warning[] {
  return context.warnings().filter(each => each.container === undefined || each.container === container.name)
}

export function named(container: Container): string {
  const roles = {init: 'init container', sidecar: 'sidecar', main: 'container'}
  return `${roles[container.role]} ${container.name}`
}
