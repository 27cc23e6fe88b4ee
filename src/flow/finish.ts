import type {FinishIntent} from '../plan/intent.ts'
import type {Outcome} from '../plan/outcome.ts'
import {abort} from './abort.ts'
import {resume} from './resume.ts'
import type {RunMode} from './run-plan.ts'
import type {World} from './world.ts'

/** Finish a run that has no end, in the way that was asked for. */
export function finish(
  intent: FinishIntent,
  mode: RunMode,
  contextLines: number,
  world: World,
): Promise<Outcome> {
  return intent.kind === 'abort'
    ? abort(intent, mode, contextLines, world)
    : resume(intent, mode, contextLines, world)
}
