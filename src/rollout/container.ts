import {type ContainerContext, doomOf, named, warningsOf} from './container-doom.ts'
import {judgeExits} from './container-exits.ts'
import {judgeStart} from './container-start.ts'
import type {Container} from './containers.ts'
import type {Doom} from './verdict.ts'

/** The worst that can be said of one container, or nothing. */
export function judgeContainer(container: Container, context: ContainerContext): Doom | undefined {
  return (
    judgeStart(container, context) ??
    (context.areExitsHeld ? judgeExits(container, context) : undefined) ??
    judgeReadiness(container, context)
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
