import {isRecordOf} from '../journal/record.ts'
import {releaseKey} from '../plan/release-ref.ts'
import {listRevisions, readRevision} from '../cluster/releases.ts'
import {compareObjects} from '../diff/changes.ts'
import {redactObjects} from '../diff/redact.ts'
import {DeployError} from '../errors.ts'
import {readRecords} from '../journal/record.ts'
import type {EnvironmentFacts, ReleaseFacts, RevisionFacts} from '../plan/facts.ts'
import type {RollbackIntent} from '../plan/intent.ts'
import {makeRollbackPlan} from '../plan/make-rollback-plan.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {refusingUnfinished} from '../plan/refuse-unfinished.ts'
import {pickRollbackTarget} from '../plan/rollback-target.ts'
import {afterUnfinished} from './after-unfinished.ts'
import type {Gathered} from './gather-each.ts'
import {gatherLive} from './gather-live.ts'
import {revisionFactsOf} from './revision-facts.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {type RunMode, runPlan} from './run-plan.ts'
import type {World} from './world.ts'

/**
 * Bring a service back to what it was before its newest change, or before a named run.
 * @throws DeployError `not-found` when there is nothing to go back to
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
      mode,
      contextLines,
      message,
      read(here) {
        here.emit({kind: 'reading-started', what: 'what runs and what ran before'})
        return gatherLive(intent.environments, selectors, here)
      },
      act: async (gathered, standing, here) => {
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
  {facts, sites}: Gathered,
  contextLines: number,
  world: World,
): Promise<Plan> {
  refuseSeveral(intent, facts.environments)
  const targets = await readTargets(intent, facts.environments, sites, world)
  if (targets.size === 0) throw nothingEarlier(intent)
  const compare = (from: RevisionFacts | undefined, to: RevisionFacts) =>
    compareObjects(
      redactObjects(from?.objects ?? [], world.digest, world.secrecy.mask),
      redactObjects(to.objects, world.digest, world.secrecy.mask),
      {contextLines},
    )
  const targetOf = (environment: EnvironmentFacts, release: ReleaseFacts) =>
    targets.get(`${environment.name}/${releaseKey(release)}`)
  return makeRollbackPlan(facts, targetOf, compare, {
    ...world.settings,
    selectors: intent.selectors,
    isUnattended: world.options.isUnattended,
  })
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

async function readTargets(
  intent: RollbackIntent,
  environments: readonly EnvironmentFacts[],
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
): Promise<Map<string, RevisionFacts>> {
  const targets = new Map<string, RevisionFacts>()
  await Promise.all(
    environments.flatMap(environment =>
      environment.releases.map(async release => {
        const site = sites.get(environment.name)
        const target = site && (await readTarget(intent, release, site, world))
        if (target) targets.set(`${environment.name}/${releaseKey(release)}`, target)
      }),
    ),
  )
  return targets
}

async function readTarget(
  intent: RollbackIntent,
  release: ReleaseFacts,
  {cluster}: EnvironmentSite,
  world: World,
): Promise<RevisionFacts | undefined> {
  const service = intent.services[0] ?? ''
  const [revisions, records] = await Promise.all([
    listRevisions(cluster, release.namespace, [release.name]),
    readRecords({cluster, namespace: release.namespace, service}),
  ])
  const runs = records.flatMap(record =>
    record.releases
      .filter(one => isRecordOf(one, release))
      .map(({before, after, restored}) => ({
        runId: record.runId,
        before,
        after,
        restored,
        isGood: record.outcome === 'deployed',
      })),
  )
  const revision = pickRollbackTarget(intent.target, {revisions, runs})
  if (revision === undefined) return undefined
  const read = await readRevision(cluster, release.namespace, release.name, revision)
  return read && revisionFactsOf(read, world)
}

function nothingEarlier(intent: RollbackIntent): DeployError {
  const where = intent.environments.join(', ')
  return intent.target.kind === 'last-good'
    ? new DeployError(
        'not-found',
        `roll ${intent.services[0]} back in ${where}: helm keeps no earlier revision of it.`,
      )
    : new DeployError(
        'not-found',
        `roll ${intent.services[0]} back in ${where}: helm does not keep the revision that is meant.`,
        {
          hint: 'deploy status shows what runs and since when; helm history shows every revision.',
        },
      )
}
