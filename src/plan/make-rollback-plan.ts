import type {ObjectChange} from '../diff/changes.ts'
import {compareImages, workloadsOf} from '../diff/images.ts'
import type {EnvironmentFacts, Facts, ReleaseFacts, RevisionFacts} from './facts.ts'
import {pendingReleases} from './guards.ts'
import type {Plan, ReleaseStep} from './plan.ts'
import {hooksOf} from './hooks.ts'
import {orderStages, type StageSettings} from './stages.ts'

export type CompareRevisions = (from: RevisionFacts | undefined, to: RevisionFacts) => readonly ObjectChange[]

/**
 * Going back as a plan like any other: charts, configuration and Secrets return with the image, and its own fallback
 * is the revision that is live now.
 */
export function makeRollbackPlan(
  facts: Facts,
  targets: (environment: EnvironmentFacts, release: ReleaseFacts) => RevisionFacts | undefined,
  compare: CompareRevisions,
  settings: StageSettings,
): Plan {
  const planned = facts.environments.map(environment => ({
    environment,
    steps: environment.releases.flatMap(release =>
      stepOf(release, targets(environment, release), compare, settings),
    ),
  }))
  const without = facts.environments.flatMap(environment =>
    environment.releases
      .filter(release => targets(environment, release) === undefined)
      .map(release => `${environment.name}: ${release.name} has no earlier revision and stays as it is.`),
  )
  const stages = orderStages(planned, settings)
  return {
    schema: 1,
    kind: 'rollback',
    service: facts.service,
    tree: facts.tree,
    stages,
    unchanged: [],
    skipped: facts.skipped,
    notInstalledHere: [],
    refusals: pendingReleases(facts),
    warnings: [
      ...without,
      ...(stages.length > 0
        ? ['git does not change: until the change is reverted there, the next deploy would bring it back.']
        : []),
    ],
    drift: [],
    outside: [],
  }
}

function stepOf(
  release: ReleaseFacts,
  target: RevisionFacts | undefined,
  compare: CompareRevisions,
  settings: StageSettings,
): ReleaseStep[] {
  if (target === undefined || target.revision === release.deployed?.revision) return []
  const asHooks = (revision: RevisionFacts) => ({...revision, objects: revision.hooks})
  const hookChanges = compare(release.deployed && asHooks(release.deployed), asHooks(target))
  return [
    {
      release: {namespace: release.namespace, name: release.name},
      action: {kind: 'rollback', fromRevision: release.latest?.revision, toRevision: target.revision},
      chart: {before: release.deployed?.chart, after: target.chart},
      images: compareImages(release.deployed?.objects ?? [], target.objects),
      override: undefined,
      given: [],
      ridesAlong: undefined,
      values: undefined,
      changes: compare(release.deployed, target),
      hooks: hooksOf(release.deployed?.hooks ?? [], target.hooks, hookChanges, 'rollback'),
      workloads: workloadsOf(target.objects),
      timeoutMs: settings.timeoutMs ?? release.timeoutMs,
      isHeld: false,
      recreatesPods: false,
    },
  ]
}
