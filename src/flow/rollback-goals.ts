import {listRevisions, readRevision} from '../cluster/releases.ts'
import {DeployError} from '../errors.ts'
import {readRecords} from '../journal/record.ts'
import {imagesIn} from '../diff/images.ts'
import type {EnvironmentFacts, ReleaseFacts, RevisionFacts} from '../plan/facts.ts'
import type {RollbackIntent, RollbackTarget} from '../plan/intent.ts'
import type {GoalOf, RollbackGoal} from '../plan/make-rollback-plan.ts'
import {isSameRelease, releaseKey} from '../plan/release-ref.ts'
import {
  chooseTargets,
  imagesOnly,
  type ReleasePast,
  type RollbackChoice,
  runsCalled,
} from '../plan/rollback-target.ts'
import {placeOf, tagAt} from '../version/place.ts'
import type {Gathered} from './gather-each.ts'
import {type GitValues, readGitValues} from './git-values.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {pastOf} from './past-of.ts'
import {revisionFactsOf} from './revision-facts.ts'
import type {World} from './world.ts'

/**
 * Where every release goes back to, with the revisions read.
 * @throws DeployError `not-found` for a run that is not recorded, `usage` where several begin like that
 */
export async function readGoals(
  {target: asked, scope, selectors}: RollbackIntent,
  {facts, sites}: Gathered,
  world: World,
): Promise<GoalOf> {
  const pasts = await Promise.all(
    facts.environments.map(async environment => {
      const site = siteOf(sites, environment)
      return {
        environment,
        // Not waited for: it is needed last.
        inGit: readGitValues(environment, selectors, site),
        pasts: (await readPasts(environment, site, world)).map(past =>
          scope === 'image' ? imagesOnly(past) : past,
        ),
      }
    }),
  )
  const target = namedRun(
    asked,
    pasts.flatMap(one => one.pasts),
    world,
  )
  const goals = pasts.flatMap(({environment, inGit, pasts: some}) => {
    const choices = chooseTargets(target, some)
    return environment.releases.flatMap((release, index) => {
      const choice = choices[index]
      return choice === undefined ? [] : [{environment, release, choice, inGit}]
    })
  })
  const read = goals.map(
    async ({environment, release, choice, inGit}) =>
      [
        goalKey(environment, release),
        await readGoal(choice, release, inGit, siteOf(sites, environment), world),
      ] as const,
  )
  const found = new Map(await Promise.all(read))
  return (environment, release) =>
    found.get(goalKey(environment, release)) ?? {kind: 'stays', why: {kind: 'not-installed'}}
}

function goalKey(environment: EnvironmentFacts, release: ReleaseFacts): string {
  return `${environment.name}/${releaseKey(release)}`
}

function siteOf(sites: Gathered['sites'], {name}: EnvironmentFacts): EnvironmentSite {
  const site = sites.get(name)
  if (site === undefined) throw new Error(`no site was opened for ${name}`)
  return site
}

async function readPasts(
  {releases}: EnvironmentFacts,
  {cluster}: EnvironmentSite,
  world: World,
): Promise<ReleasePast[]> {
  const service = world.service.name
  const namespaces = [...Map.groupBy(releases, release => release.namespace)]
  const read = await Promise.all(
    namespaces.map(async ([namespace, some]) => ({
      revisions: await listRevisions(
        cluster,
        namespace,
        some.map(one => one.name),
      ),
      records: await readRecords({cluster, namespace, service}),
    })),
  )
  const records = read.flatMap(one => one.records)
  const revisions = read.flatMap(one => one.revisions)
  return releases.map(release => ({
    live: liveOf(release),
    revisions: revisions.filter(one => isSameRelease(one, release)),
    runs: pastOf(records, release),
  }))
}

function liveOf({latest, deployed}: ReleaseFacts): ReleasePast['live'] {
  if (latest === undefined) return undefined
  const isDeployed = latest.revision === deployed?.revision
  return {
    ...latest,
    restores: isDeployed ? deployed.restores : undefined,
    updatedAt: isDeployed ? deployed.updatedAt : '',
  }
}

// A run is named as history shows it, or by the beginning of that.
function namedRun(target: RollbackTarget, pasts: readonly ReleasePast[], world: World): RollbackTarget {
  if (target.kind !== 'before-run') return target
  const [runId, ...others] = runsCalled(target.runId, pasts)
  const name = world.service.name
  if (runId === undefined)
    throw new DeployError('not-found', `find the run ${target.runId} of ${name}: it is not recorded there.`, {
      hint: `deploy history ${name} lists what is recorded; helm's own revisions are gone back to with -l name=RELEASE --to REVISION.`,
    })
  if (others.length > 0 && runId !== target.runId)
    throw new DeployError(
      'usage',
      `find the run ${target.runId} of ${name}: ${others.length + 1} begin like that.`,
      {
        hint: `Use one of: ${[runId, ...others].join(', ')}.`,
      },
    )
  return {kind: 'before-run', runId}
}

async function readGoal(
  choice: RollbackChoice,
  release: ReleaseFacts,
  inGit: Promise<GitValues>,
  {cluster}: EnvironmentSite,
  world: World,
): Promise<RollbackGoal> {
  if (choice.kind === 'stays') return choice
  const {revision, undoes, doubt} = choice
  const read = await readRevision(cluster, release.namespace, release.name, revision)
  // helm may drop it between two readings.
  if (read === undefined)
    return {
      kind: 'stays',
      why: {kind: 'not-kept', revision},
    }
  const facts = await revisionFactsOf(read, world)
  const gitVersion = versionInGit(facts, read.config, (await inGit).get(releaseKey(release)))
  return {kind: 'to', facts, undoes, doubt, gitVersion}
}

// Where the values of that revision have its version, git's have git's.
function versionInGit(
  {objects, chart}: RevisionFacts,
  config: Record<string, unknown>,
  inGit: unknown,
): string | undefined {
  const images = imagesIn(objects)
  const place = placeOf(config, chart.name, images)
  return place && tagAt(place, inGit)
}
