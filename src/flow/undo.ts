import type {Failure} from '../plan/events.ts'
import type {FallbackStep, Plan, ReleaseStep, Stage} from '../plan/plan.ts'
import type {Books, Execution} from './execute.ts'
import {goBack} from './go-back.ts'
import type {NotBack} from './not-back.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {StageRun} from './stage.ts'
import type {World} from './world.ts'

const ASKED_FOR: Failure = {kind: 'interrupted', signal: 'abort'}

/**
 * Carry out a plan that undoes an unfinished run: its stages go back as they would have when it failed, and are judged the
 * same way.
 * @param left what the run touched and cannot be put back
 */
export async function undo(
  plan: Plan,
  left: readonly NotBack[],
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  books: Books,
): Promise<Execution> {
  const runs = plan.stages.map(stage => asTouched(stage, world.nowMs()))
  const back = await goBack(runs, ASKED_FOR, sites, world, books)
  return {runs, end: {kind: 'undone', back: {...back, notBack: [...left, ...back.notBack]}}}
}

function asTouched(stage: Stage, nowMs: number): StageRun {
  return {
    stage: {...stage, fallback: stage.steps.flatMap(asFallback)},
    touched: stage.steps.map(({release, action}) => ({
      release,
      revision: action.fromRevision,
      isHealthy: false,
    })),
    end: {kind: 'failed', failures: [ASKED_FOR], failedAtMs: nowMs},
    startedAtMs: nowMs,
  }
}

function asFallback({release, action, workloads, timeoutMs}: ReleaseStep): FallbackStep[] {
  if (action.kind === 'rollback' || action.kind === 'verify')
    return [{kind: action.kind, release, toRevision: action.toRevision, workloads, timeoutMs}]
  return action.kind === 'uninstall' ? [{kind: 'uninstall', release, timeoutMs}] : []
}
