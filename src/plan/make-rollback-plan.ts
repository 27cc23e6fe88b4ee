import type {ObjectChange} from '../diff/changes.ts'
import {compareImages, imagesIn, runsOf, workloadsOf} from '../diff/images.ts'
import type {EnvironmentFacts, Facts, ReleaseFacts, RevisionFacts} from './facts.ts'
import type {PlanOptions} from './guards.ts'
import type {PastRelease} from './origin.ts'
import {versionOf} from './past.ts'
import {runText} from './past-text.ts'
import {pendingRefusals, pendingWarnings} from './pending.ts'
import type {Plan, Refusal, ReleaseStep, UnchangedRelease, Undone} from './plan.ts'
import {hooksOf, ranHooks, ranTexts} from './hooks.ts'
import type {RollbackDoubt, WhyStays} from './rollback-target.ts'
import {doubtText, gitTexts, staysText} from './rollback-text.ts'
import {orderStages, type StageSettings} from './stages.ts'

export type CompareRevisions = (from: RevisionFacts | undefined, to: RevisionFacts) => readonly ObjectChange[]

/** Where one release goes back to, read whole. */
export type RollbackGoal =
  | {
      kind: 'to'
      facts: RevisionFacts
      undoes: PastRelease | undefined
      doubt: RollbackDoubt | undefined
      /** What git holds now; none where that cannot be told. */
      gitVersion?: string | undefined
    }
  | {kind: 'stays'; why: WhyStays}

export type GoalOf = (environment: EnvironmentFacts, release: ReleaseFacts) => RollbackGoal

export type Goal = {environment: EnvironmentFacts; release: ReleaseFacts; goal: RollbackGoal}

/**
 * Going back as a plan like any other: charts, configuration and Secrets return with the image, and its own fallback
 * is the revision that is live now.
 */
export function makeRollbackPlan(
  facts: Facts,
  goalOf: GoalOf,
  compare: CompareRevisions,
  settings: StageSettings,
  options: Pick<PlanOptions, 'isUnattended' | 'isRetry'>,
): Plan {
  const goals = facts.environments.flatMap(environment =>
    environment.releases.map(release => ({environment, release, goal: goalOf(environment, release)})),
  )
  const planned = facts.environments.map(environment => ({
    environment,
    steps: goals
      .filter(one => one.environment === environment)
      .flatMap(({release, goal}) => (goal.kind === 'to' ? stepOf(release, goal, compare, settings) : [])),
  }))
  const stages = orderStages(planned, settings)
  const doubts = doubtsOf(goals)
  const isStopped = options.isUnattended && !options.isRetry
  return {
    schema: 1,
    kind: 'rollback',
    service: facts.service,
    tree: facts.tree,
    stages,
    ...undoesOf(goals),
    unchanged: facts.environments.flatMap(environment => unchangedOf(environment, goals)),
    skipped: facts.skipped,
    notInstalledHere: [],
    refusals: [
      ...(options.isUnattended ? pendingRefusals(facts, settings.timeoutMs) : []),
      ...nothingEarlier(facts, goals),
      ...(isStopped ? doubts.map(doubtful) : []),
    ],
    warnings: [
      ...(options.isUnattended ? [] : pendingWarnings(facts, settings.timeoutMs)),
      ...goals.flatMap(staying),
      ...goals.flatMap(leaving),
      ...(isStopped ? [] : doubts),
      ...gitTexts(goals.flatMap(besideGit)),
    ],
    drift: [],
    outside: [],
  }
}

// What is there already is no fault.
function nothingEarlier({service}: Facts, goals: readonly Goal[]): Refusal[] {
  const isSomewhere = goals.some(({goal}) => goal.kind === 'to' || goal.why.kind === 'already-there')
  if (isSomewhere) return []
  return [
    {
      exitKind: 'not-found',
      message: `${service.name} has nothing to go back to.`,
      hint: `deploy history ${service.name} and helm history show what there was; -l name=RELEASE --to REVISION goes back to any that helm keeps.`,
    },
  ]
}

const UNCHANGED = new Set<WhyStays['kind']>(['not-changed', 'same-image'])

// Those that the run did not change are told as unchanged.
export function staying({environment, release, goal}: Goal): string[] {
  if (goal.kind === 'to' || UNCHANGED.has(goal.why.kind)) return []
  return [`${environment.name}: ${staysText(release, goal.why)}.`]
}

/** What has run for the version that goes, and stays done. A release that is only judged goes nowhere. */
export function leaving({environment, release, goal}: Goal): string[] {
  const {deployed, latest, begun, name} = release
  const isGoing = goal.kind === 'to' && deployed?.revision === latest?.revision && begun?.isWritten !== true
  return isGoing && deployed !== undefined
    ? ranTexts(environment.name, name, ranHooks(deployed), 'has-run')
    : []
}

// git may hold the version that is gone back to already.
function besideGit({environment, goal}: Goal): {environment: string; gitVersion: string | undefined}[] {
  if (goal.kind === 'stays' || goal.gitVersion === versionOf(goal.facts)) return []
  return [{environment: environment.name, gitVersion: goal.gitVersion}]
}

/** What the run that is undone did not change. */
export function unchangedOf(environment: EnvironmentFacts, goals: readonly Goal[]): Plan['unchanged'] {
  const releases = goals.flatMap(({environment: its, release, goal}): UnchangedRelease[] => {
    const isUnchanged = its === environment && goal.kind === 'stays' && UNCHANGED.has(goal.why.kind)
    if (!isUnchanged || release.deployed === undefined) return []
    const {namespace, name, deployed} = release
    return [{namespace, name, revision: deployed.revision, images: [...new Set(imagesIn(deployed.objects))]}]
  })
  return releases.length === 0 ? [] : [{environment: environment.name, releases}]
}

export function doubtsOf(goals: readonly Goal[]): string[] {
  return goals.flatMap(({environment, release, goal}) =>
    goal.kind === 'to' && goal.doubt !== undefined
      ? [
          `${environment.name}: ${release.name} goes back to revision ${goal.facts.revision}, which ${doubtText(goal.doubt)}.`,
        ]
      : [],
  )
}

export function doubtful(message: string): Refusal {
  return {exitKind: 'declined', message, hint: 'Say --retry to go back to it all the same.'}
}

/** The runs that going back undoes, each once. */
export function undoesOf(goals: readonly Goal[]): {undoes?: readonly Undone[]} {
  const undoes = goals.flatMap(({environment, goal}): Undone[] =>
    goal.kind === 'to' && goal.undoes !== undefined
      ? [{environment: environment.name, runId: goal.undoes.runId, text: runText(goal.undoes)}]
      : [],
  )
  const seen = new Set<string>()
  const distinct = undoes.filter(one => {
    const key = `${one.environment} ${one.runId}`
    return !seen.has(key) && seen.add(key)
  })
  return distinct.length === 0 ? {} : {undoes: distinct}
}

function stepOf(
  release: ReleaseFacts,
  {facts: target, gitVersion}: Extract<RollbackGoal, {kind: 'to'}>,
  compare: CompareRevisions,
  settings: StageSettings,
): ReleaseStep[] {
  // After a change that failed in helm, the revision that is deployed is the one to go back to.
  if (target.revision === release.latest?.revision) return []
  const version = gitVersion === undefined ? undefined : versionOf(target)
  const asHooks = (revision: RevisionFacts) => ({...revision, objects: revision.hooks})
  const hookChanges = compare(release.deployed && asHooks(release.deployed), asHooks(target))
  const revision = release.latest?.revision
  return [
    {
      release: {namespace: release.namespace, name: release.name},
      action: release.begun?.isWritten
        ? {kind: 'verify', fromRevision: revision, toRevision: revision ?? 0}
        : {kind: 'rollback', fromRevision: revision, toRevision: target.revision},
      chart: {before: release.deployed?.chart, after: target.chart},
      images: compareImages(release.deployed?.objects ?? [], target.objects),
      runs: runsOf(release.deployed?.objects ?? [], target.objects),
      override: gitVersion === version ? undefined : version,
      ...(gitVersion === undefined ? {} : {gitVersion}),
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
