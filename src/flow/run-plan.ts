import type {RunEnd} from '../plan/end.ts'
import type {OnUnfinished} from '../plan/intent.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {underPolicy} from '../plan/policy.ts'
import {announceEnd, announceStart} from './announce.ts'
import {type Execution, execute} from './execute.ts'
import {heedingScap} from './heed-scap.ts'
import {holdingLocks, placesOfPages, placesOfPlan} from './locks.ts'
import {tellingFrozen} from './tell-frozen.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {NotBack} from './not-back.ts'
import type {Overtaken} from './others-at-work.ts'
import {type Page, openJournal, pagesOfPlan} from './record.ts'
import type {RunRequest} from './record-of-plan.ts'
import {keptOf, tell} from './tell.ts'
import {undo} from './undo.ts'
import type {World} from './world.ts'

export type RunMode =
  | {kind: 'preview'; isDetailed: boolean}
  /** `ask`: a person is at the terminal; `go`: `--yes`; `stop`: nobody to ask, and no `--yes`. */
  | {
      kind: 'carry-out'
      consent: 'ask' | 'go' | 'stop'
      onUnfinished: OnUnfinished
      /** One service of many: what is locked is left out when its turn comes, and keeps no other from beginning. */
      isOneOfMany?: true
    }

type Sites = ReadonlyMap<string, EnvironmentSite>

/** What a plan stands on that finishes another run: its pages of the record, and what of it cannot be put back. */
export type Finishing = {pages: readonly Page[]; left: readonly NotBack[]}

/** Show a plan, get consent, carry it out, tell how it ended. */
export async function runPlan(
  made: Plan,
  sites: Sites,
  mode: RunMode,
  request: RunRequest,
  world: World,
  finishing?: Finishing,
): Promise<Outcome> {
  const places = finishing === undefined ? placesOfPlan(made, sites) : placesOfPages(finishing.pages)
  const allowed = underPolicy(made, world.actor.identity, world.settings)
  const plan = await tellingFrozen(await heedingScap(allowed, mode, world), places, mode)
  world.emit({kind: 'plan-made', plan})
  const before = await endBeforeTouching(plan, mode, world)
  if (before !== undefined) return tell(before, undefined, plan, world)
  const pages = finishing?.pages ?? pagesOfPlan(plan, request, sites, world)
  const holding = {
    message: request.message,
    finishes: plan.finishes?.runId,
    places,
  }
  return holdingLocks(holding, world, async holdings => {
    const books = {journal: openJournal(pages, plan, world), holdings}
    const announcing = announceStart(plan, request.message, sites, world)
    const held = {...world, lost: holdings.lost}
    const execution =
      plan.kind === 'abort'
        ? await undo(plan, finishing?.left ?? [], sites, held, books)
        : await execute(plan, sites, held, books)
    await announcing
    const outcome = tell(endOf(execution), execution, plan, world)
    await Promise.all([books.journal.ended(execution, outcome), announceEnd(plan, outcome, sites, world)])
    return outcome
  })
}

async function endBeforeTouching(plan: Plan, mode: RunMode, world: World): Promise<RunEnd | undefined> {
  if (mode.kind === 'preview')
    return {kind: 'previewed', hasChanges: plan.stages.length > 0, isDetailed: mode.isDetailed}
  const isNothing = plan.stages.length === 0 && plan.finishes === undefined
  if (isNothing && plan.refusals.length === 0) return {kind: 'deployed'}
  if (plan.refusals.length > 0) return {kind: 'refused'}
  if (mode.consent === 'stop') return {kind: 'declined', why: 'no-terminal'}
  if (mode.consent === 'ask' && !(await world.confirm(questionOf(plan))))
    return {kind: 'declined', why: 'answer'}
  const [first] = plan.stages
  const isItsTurn = first === undefined || (await world.turn(first))
  if (world.signal.aborted || world.hasHungUp()) return {kind: 'declined', why: 'interrupt'}
  return isItsTurn ? undefined : {kind: 'declined', why: 'others-failed'}
}

function overtakenText({run, failure}: Overtaken): string {
  return `${run.stage.environment} ${failure.release.name} (revision ${failure.foundRevision ?? 'none'})`
}

function questionOf(plan: Plan): string {
  if (plan.kind === 'abort') return 'Undo this?'
  if (plan.finishes !== undefined) return 'Go on with this?'
  return plan.kind === 'deploy' ? 'Deploy this?' : 'Go back to this?'
}

function endOf(execution: Execution): RunEnd {
  const {end, runs} = execution
  switch (end.kind) {
    case 'deployed':
      return {kind: 'deployed', overtaken: end.overtaken.map(overtakenText)}
    case 'paused':
      return {kind: 'paused', before: end.before.name}
    case 'undone':
      return {kind: 'undone', notBack: end.back.notBack}
    case 'failed':
      return {
        kind: 'failed',
        failure: end.failure,
        isTouched: runs.some(run => run.touched.length > 0),
        kept: keptOf(execution),
        notBack: end.back.notBack,
        isLeft: end.back.isLeft ?? false,
      }
  }
}
