import {DeployError} from '../errors.ts'
import type {Facts} from '../plan/facts.ts'
import {
  asImageRollback,
  factsGoingBack,
  goingBack,
  imageGoals,
  versionsOf,
  withoutImageOnly,
} from '../plan/image-rollback.ts'
import type {RollbackIntent, VersionRequest} from '../plan/intent.ts'
import type {Outcome} from '../plan/outcome.ts'
import {refusingUnfinished} from '../plan/refuse-unfinished.ts'
import type {UnfinishedRun} from '../plan/unfinished.ts'
import {freshWorld} from './fresh-world.ts'
import {gather} from './gather.ts'
import type {Gathered} from './gather-each.ts'
import {planDeployment} from './plan-deployment.ts'
import {readGoals} from './rollback-goals.ts'
import {type RunMode, runPlan} from './run-plan.ts'
import {unlessInterrupted} from './unless-interrupted.ts'
import type {World} from './world.ts'

/**
 * Deploy what git says with the image of an earlier state, in the releases whose image is another one now.
 * @param live what runs
 * @throws DeployError `not-found` for a run that is not recorded; `usage` where git's values do not say the image
 */
export async function rollBackImages(
  intent: RollbackIntent,
  live: Gathered,
  standing: readonly UnfinishedRun[],
  mode: RunMode,
  contextLines: number,
  world: World,
): Promise<Outcome> {
  const goals = imageGoals(live.facts, await readGoals(intent, live, world))
  const {message, selectors, target} = intent
  const carryOut = async (inGit: Facts, sites: Gathered['sites'], here: World) => {
    const version = versionsOf(goals)
    const facts = factsGoingBack(inGit, live.facts, goals)
    const plan = await planDeployment({version, selectors}, {facts, sites}, contextLines, agreed(here))
    const made = asImageRollback(plan, goals, inGit, live.facts, target, here.options)
    const refusing = refusingUnfinished(made, standing, here.actor.user)
    // What was found out is recorded of each release, beside what git held.
    const request = {message, selectors, version: {kind: 'from-git' as const}}
    return runPlan(refusing, sites, mode, request, here)
  }
  const environments = [...new Set(goingBack(goals).map(({environment}) => environment.name))]
  if (environments.length === 0) return carryOut({...live.facts, environments: []}, live.sites, world)
  const here = await freshWorld(world)
  here.emit({kind: 'reading-started', what: 'what git says with those images'})
  const gathered = await unlessInterrupted(
    gatherWith(versionsOf(goals), environments, intent, here),
    here.signal,
  )
  try {
    return await carryOut(gathered.facts, gathered.sites, here)
  } finally {
    await gathered.close()
  }
}

/** @throws DeployError what `gather` throws, with what to type instead */
async function gatherWith(
  version: VersionRequest,
  environments: readonly string[],
  {selectors, message}: RollbackIntent,
  world: World,
): Promise<Gathered> {
  const services = [world.service.name]
  try {
    return await gather({kind: 'deploy', services, environments, version, selectors, message}, world)
  } catch (error) {
    // These are about the place of a version in the values.
    if (!(error instanceof DeployError) || error.exitKind !== 'usage') throw error
    const hint = withoutImageOnly(world.service.name, environments.join(','))
    throw new DeployError('usage', error.message, {hint, cause: error})
  }
}

// Who asks for an earlier image asks for one that git does not hold.
function agreed(world: World): World {
  return {...world, options: {...world.options, isOverrideAllowed: true}}
}
