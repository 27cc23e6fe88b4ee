import type {Plan, Refusal} from './plan.ts'
import {standingLines, unfinishedText, type UnfinishedRun} from './unfinished.ts'

/**
 * Why nothing is begun where a run was left unfinished: what it wrote may be bad, and would be taken for unchanged.
 * @param user who asks; a run that somebody else has paused is theirs
 */
export function unfinishedRefusal(run: UnfinishedRun, service: string, user: string): Refusal {
  const isTheirs = run.state === 'paused' && run.by !== user
  return {
    exitKind: isTheirs ? 'locked' : 'declined',
    message: `${unfinishedText(run)} What stands where: ${standingLines(run).join('; ')}.`,
    hint: `deploy resume ${service} goes on with it, deploy abort ${service} undoes it; --on-unfinished resume or abort does that first.`,
  }
}

/** A preview says it as well. */
export function refusingUnfinished(plan: Plan, runs: readonly UnfinishedRun[], user: string): Plan {
  const refusals = runs.map(run => unfinishedRefusal(run, plan.service.name, user))
  return {...plan, refusals: [...refusals, ...plan.refusals]}
}
