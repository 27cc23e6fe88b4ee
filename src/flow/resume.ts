import {DeployError} from '../errors.ts'
import type {FinishIntent} from '../plan/intent.ts'
import {type GoalOf, makeRollbackPlan} from '../plan/make-rollback-plan.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {isSameRelease} from '../plan/release-ref.ts'
import {factsLeft, resumedVersion, resuming, whatDiffers, whyNotResumed} from '../plan/resume.ts'
import type {UnfinishedRun} from '../plan/unfinished.ts'
import {findUnfinished, nothingUnfinished} from './find-unfinished.ts'
import {gather} from './gather.ts'
import type {Gathered} from './gather-each.ts'
import {planDeployment} from './plan-deployment.ts'
import {cannotGoOn, recordedWorld} from './recorded-world.ts'
import {type RunMode, runPlan} from './run-plan.ts'
import type {FoundUnfinished} from './unfinished.ts'
import {unlessInterrupted} from './unless-interrupted.ts'
import {revisionComparison} from './masked-comparison.ts'
import {stageSettings} from './stage-settings.ts'
import type {World} from './world.ts'

/**
 * Go on with an unfinished run where it stopped: the recorded commit and versions. What it had written and nobody judged is
 * judged, held and baked first.
 * @throws DeployError `declined` when the commit does not render what was recorded, or the run cannot be gone on with;
 *   `locked` while it is under way, `usage` when it is not clear which run is meant
 */
export async function resume(
  intent: FinishIntent,
  mode: RunMode,
  contextLines: number,
  world: World,
): Promise<Outcome> {
  return findUnfinished(intent, mode, world, async (found, gathered) => {
    if (found === undefined) return nothingUnfinished(intent, world)
    const {run} = found
    const why = whyNotResumed(run)
    if (why !== undefined) throw cannotGoOn(run, why, world)
    const isWhole = intent.environments.includes('all') && world.options.isUnattended
    if (isWhole && run.unread.length > 0) throw notAllReached(run, world)
    const carryOut = (plan: Plan, sites: Gathered['sites'], here: World) => {
      const request = {...run.request, message: intent.message ?? run.message}
      return runPlan(resuming(plan, run), sites, mode, request, here, {pages: found.pages, left: []})
    }
    return run.kind === 'rollback'
      ? carryOut(planRollback(run, gathered, contextLines, world), gathered.sites, world)
      : resumeDeployment(found, contextLines, world, carryOut)
  })
}

async function resumeDeployment(
  {run}: FoundUnfinished,
  contextLines: number,
  world: World,
  carryOut: (plan: Plan, sites: Gathered['sites'], here: World) => Promise<Outcome>,
): Promise<Outcome> {
  const version = resumedVersion(run)
  const {selectors} = run.request
  const environments = run.environments.map(({name}) => name)
  const here = await recordedWorld(run, world)
  here.emit({kind: 'reading-started', what: `what commit ${run.commit?.slice(0, 8) ?? 'it had'} says`})
  const intent = {services: [here.service.name], environments, version, selectors, message: undefined}
  const gathered = await unlessInterrupted(gather({kind: 'deploy', ...intent}, here), here.signal)
  try {
    const differing = whatDiffers(run, gathered.facts)
    if (differing.length > 0)
      throw cannotGoOn(run, `what it was to write differs now: ${differing.join('; ')}`, here)
    const left = {facts: factsLeft(gathered.facts, run), sites: gathered.sites}
    return await carryOut(
      await planDeployment({version, selectors}, left, contextLines, here),
      gathered.sites,
      here,
    )
  } finally {
    await gathered.close()
  }
}

function planRollback(run: UnfinishedRun, {facts}: Gathered, contextLines: number, world: World): Plan {
  const goalOf: GoalOf = ({name}, release) => {
    const environment = run.environments.find(one => one.name === name)
    const target = environment?.releases.find(one => isSameRelease(one, release))?.planned.target
    return target === undefined
      ? {kind: 'stays', why: {kind: 'not-kept'}}
      : {kind: 'to', facts: target, undoes: undefined, doubt: undefined}
  }
  const compare = revisionComparison(contextLines, world)
  const settings = stageSettings(run.request.selectors, world)
  const plan = makeRollbackPlan(factsLeft(facts, run), goalOf, compare, settings, world.options)
  // That nothing is left to go back to is no fault here.
  return {...plan, refusals: plan.refusals.filter(({exitKind}) => exitKind !== 'not-found')}
}

// As for a new run: nobody would see that a part of it stays undone.
function notAllReached({runId, unread, environments}: UnfinishedRun, {service}: World): DeployError {
  const where = environments.map(({name}) => name).join(',')
  return new DeployError(
    'declined',
    `go on with the run ${runId} of ${service.name}: ${unread.join(', ')} cannot be reached from here.`,
    {hint: `Run this where every kubeconfig is, or name what is meant: -e ${where}.`},
  )
}
