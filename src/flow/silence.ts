import type {Failure} from '../plan/events.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {StepVerdict} from './step-verdict.ts'
import type {World} from './world.ts'

/** A cluster that does not answer, and since when. */
type Fault = {message: string; sinceMs: number}

/** A cluster that has not answered for so long is at fault itself, whatever the version is. */
const FAULT_LIMIT_MS = 30_000
const SILENCE_TOLD_AFTER_MS = 2000

/** What a silent cluster means for a release: nothing for a while, then that the cluster is at fault. */
export function judgeSilence(
  fault: Fault,
  deadlineMs: number,
  site: EnvironmentSite,
  world: Pick<World, 'nowMs'>,
): StepVerdict {
  const isPatient = world.nowMs() < Math.min(fault.sinceMs + FAULT_LIMIT_MS, deadlineMs)
  return isPatient ? {kind: 'progressing'} : {kind: 'failed', failure: unanswered(fault, site)}
}

/** A watch that is just opened anew is not worth a word. */
export function saySilences({cluster}: EnvironmentSite, world: World) {
  let saidSinceMs: number | undefined
  return (fault: Fault | undefined): void => {
    if (fault === undefined && saidSinceMs !== undefined) {
      saidSinceMs = undefined
      world.emit({kind: 'noted', text: `${cluster.server} answers again.`})
    }
    if (fault === undefined || saidSinceMs !== undefined) return
    if (world.nowMs() - fault.sinceMs < SILENCE_TOLD_AFTER_MS) return
    saidSinceMs = fault.sinceMs
    world.emit({kind: 'noted', text: `${cluster.server} does not answer, waiting for it: ${fault.message}`})
  }
}

function unanswered(fault: Fault, site: EnvironmentSite): Failure {
  return {kind: 'infrastructure', message: `${site.cluster.server} does not answer: ${fault.message}`}
}
