import {DeployError} from '../errors.ts'
import {becoming, withDrift} from '../plan/drift.ts'
import type {EnvironmentFacts, Facts} from '../plan/facts.ts'
import type {RollbackIntent} from '../plan/intent.ts'
import {makeRollbackPlan} from '../plan/make-rollback-plan.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {refusingUnfinished} from '../plan/refuse-unfinished.ts'
import {releaseKey} from '../plan/release-ref.ts'
import {afterUnfinished} from './after-unfinished.ts'
import type {Gathered} from './gather-each.ts'
import {gatherLive} from './gather-live.ts'
import {rollBackImages} from './image-rollback.ts'
import {driftSince} from './read-drift.ts'
import {readGoals} from './rollback-goals.ts'
import {type RunMode, runPlan} from './run-plan.ts'
import {maskedComparison, revisionComparison} from './masked-comparison.ts'
import {stageSettings} from './stage-settings.ts'
import type {World} from './world.ts'

/**
 * Bring a service back to what it was before its newest change, or before a named run.
 * @throws DeployError `not-found` for a run that is not recorded, `usage` where it is not clear what is meant
 */
export async function rollback(
  intent: RollbackIntent,
  mode: RunMode,
  contextLines: number,
  world: World,
): Promise<Outcome> {
  const {message, selectors} = intent
  return afterUnfinished(
    {
      action: 'rollback',
      mode,
      contextLines,
      message,
      read(here) {
        here.emit({kind: 'reading-started', what: 'what runs and what ran before'})
        return gatherLive(intent.environments, selectors, here)
      },
      act: async (gathered, standing, here) => {
        refuseSeveral(intent, gathered.facts.environments)
        if (intent.scope === 'image')
          return rollBackImages(intent, gathered, standing, mode, contextLines, here)
        const plan = await planOf(intent, gathered, contextLines, here)
        const refusing = refusingUnfinished(plan, standing, here.actor.user)
        const request = {message, selectors, version: {kind: 'from-git' as const}}
        return runPlan(refusing, gathered.sites, mode, request, here)
      },
    },
    world,
  )
}

async function planOf(
  intent: RollbackIntent,
  gathered: Gathered,
  contextLines: number,
  world: World,
): Promise<Plan> {
  const [goalOf, facts] = await Promise.all([
    readGoals(intent, gathered, world),
    withLiveDrift(gathered, world),
  ])
  const compare = maskedComparison(contextLines, world)
  const compareRevisions = revisionComparison(contextLines, world)
  const settings = stageSettings(intent.selectors, world)
  const plan = makeRollbackPlan(facts, goalOf, compareRevisions, settings, world.options)
  const becomes = becoming(facts, (environment, release) => {
    const goal = goalOf(environment, release)
    return goal.kind === 'to' ? goal.facts.objects : undefined
  })
  return withDrift(plan, becomes, (before, after) => compare([before], after === undefined ? [] : [after]))
}

async function withLiveDrift({facts, sites}: Gathered, world: World): Promise<Facts> {
  const environments = facts.environments.map(async environment => {
    const site = sites.get(environment.name)
    const releases = environment.releases.map(async release => ({
      ...release,
      drift:
        site === undefined
          ? release.drift
          : await driftSince(release.deployed, release.latest, site.cluster, world),
    }))
    return {...environment, releases: await Promise.all(releases)}
  })
  return {...facts, environments: await Promise.all(environments)}
}

// A revision's number means another state in each release.
function refuseSeveral({target, services}: RollbackIntent, environments: readonly EnvironmentFacts[]): void {
  if (target.kind !== 'revision') return
  const found = environments.flatMap(({name, releases}) =>
    releases.map(release => `${name}: ${releaseKey(release)}`),
  )
  if (found.length <= 1) return
  throw new DeployError(
    'usage',
    `roll ${services[0]} back to revision ${target.revision}: each release counts its own, and these are several:\n  ${found.join('\n  ')}`,
    {
      hint: 'Name one environment and one release: -e ENV -l name=RELEASE (or -l name=RELEASE,namespace=NAMESPACE).',
    },
  )
}
