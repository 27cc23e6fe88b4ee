import {shortImage} from '../diff/images.ts'
import {splitImage} from '../version/tag.ts'
import type {Facts, ReleaseFacts} from './facts.ts'
import type {PlanOptions} from './guards.ts'
import type {RollbackTarget, VersionRequest} from './intent.ts'
import {
  doubtful,
  doubtsOf,
  type Goal,
  type GoalOf,
  type RollbackGoal,
  staying,
  unchangedOf,
  undoesOf,
  leaving,
} from './make-rollback-plan.ts'
import {versionOf} from './past.ts'
import type {Plan, Refusal, ReleaseStep} from './plan.ts'
import {isSameRelease, releaseKey} from './release-ref.ts'
import {gitTexts} from './rollback-text.ts'

/** Which image each release goes back to; those that have that one, or whose version cannot be told, stay. */
export function imageGoals({environments}: Facts, goalOf: GoalOf): Goal[] {
  return environments.flatMap(environment =>
    environment.releases.map(release => ({
      environment,
      release,
      goal: imageGoal(release, goalOf(environment, release)),
    })),
  )
}

function imageGoal({deployed, latest}: ReleaseFacts, goal: RollbackGoal): RollbackGoal {
  if (goal.kind === 'stays') return goal
  const {revision} = goal.facts
  const tag = versionOf(goal.facts)
  if (tag === undefined) return {kind: 'stays', why: {kind: 'no-version', revision}}
  // Of a change that failed in helm, something may be there all the same.
  const isSame =
    latest?.revision === deployed?.revision && deployed !== undefined && versionOf(deployed) === tag
  return isSame ? {kind: 'stays', why: {kind: 'same-image', tag, revision}} : goal
}

type Going = Goal & {goal: Extract<RollbackGoal, {kind: 'to'}>}

export function goingBack(goals: readonly Goal[]): Going[] {
  return goals.flatMap(one => (one.goal.kind === 'to' ? [{...one, goal: one.goal}] : []))
}

/** The versions to render git's charts and values with. */
export function versionsOf(goals: readonly Goal[]): VersionRequest {
  const tags: Record<string, Record<string, string>> = {}
  for (const {environment, release, goal} of goingBack(goals)) {
    const tag = versionOf(goal.facts)
    if (tag !== undefined) (tags[environment.name] ??= {})[releaseKey(release)] = tag
  }
  return {kind: 'by-environment', tags}
}

/** What git says, with nothing but the releases whose image goes back. */
export function factsGoingBack(inGit: Facts, live: Facts, goals: readonly Goal[]): Facts {
  const going = goingBack(goals)
  return {
    ...inGit,
    skipped: live.skipped,
    environments: inGit.environments.map(environment => ({
      ...environment,
      notInstalledHere: [],
      releases: environment.releases.filter(release =>
        going.some(one => one.environment.name === environment.name && isSameRelease(one.release, release)),
      ),
    })),
  }
}

/**
 * The plan of that deployment, as what it is: going back, by the image alone.
 * @param inGit what was rendered; nothing where no image goes back
 */
export function asImageRollback(
  plan: Plan,
  goals: readonly Goal[],
  inGit: Facts,
  live: Facts,
  target: RollbackTarget,
  options: Pick<PlanOptions, 'isUnattended' | 'isRetry'>,
): Plan {
  const doubts = doubtsOf(goals)
  const isStopped = options.isUnattended && !options.isRetry
  return {
    ...plan,
    kind: 'image-rollback',
    stages: plan.stages.map(stage => ({
      ...stage,
      steps: stage.steps.map(step => withImageOf(step, stage.environment, goals)),
    })),
    ...undoesOf(goals),
    unchanged: [
      ...plan.unchanged,
      ...live.environments.flatMap(environment => unchangedOf(environment, goals)),
    ],
    refusals: [
      ...nothingEarlier(plan, goals, target),
      ...goingBack(goals).flatMap(one => notByImage(one, inGit, plan)),
      ...plan.refusals,
      ...(isStopped ? doubts.map(doubtful) : []),
    ],
    warnings: [
      ...plan.warnings,
      ...goals.flatMap(staying),
      ...goals.flatMap(leaving),
      ...(isStopped ? [] : doubts),
      ...gitTexts(plan.stages.flatMap(({environment, steps}) => steps.flatMap(besideGit(environment)))),
    ],
  }
}

function withImageOf(step: ReleaseStep, environment: string, goals: readonly Goal[]): ReleaseStep {
  const found = goingBack(goals).find(
    one => one.environment.name === environment && isSameRelease(one.release, step.release),
  )
  return found === undefined ? step : {...step, imageOf: found.goal.facts.revision}
}

function besideGit(environment: string) {
  return ({override, gitVersion}: ReleaseStep) => (override === undefined ? [] : [{environment, gitVersion}])
}

// Who names a run may type the same again; by default there is always something that is to be undone.
function nothingEarlier({service: {name}}: Plan, goals: readonly Goal[], target: RollbackTarget): Refusal[] {
  const whys = goals.flatMap(({goal}) => (goal.kind === 'stays' ? [goal.why] : []))
  if (whys.length < goals.length || whys.some(({kind}) => kind === 'already-there')) return []
  const [same] = whys.flatMap(why => (why.kind === 'same-image' ? [why] : []))
  const isThere = same !== undefined && target.kind !== 'last-good'
  if (isThere) return []
  const what =
    same === undefined
      ? 'has no earlier image to go back to'
      : `had the same image in its last good state (${same.tag}, revision ${same.revision})`
  return [
    {
      exitKind: 'not-found',
      message: `${name} ${what}.`,
      hint: `Without --image-only it goes back with chart and configuration; --to RUN goes back to the image before a run, and deploy history ${name} lists them.`,
    },
  ]
}

/** Why a version of then cannot be put into what git says now. */
function notByImage({environment, release, goal}: Going, inGit: Facts, {service}: Plan): Refusal[] {
  const there = inGit.environments.find(({name}) => name === environment.name)
  const found = there?.releases.find(one => isSameRelease(one, release))
  const why = whyNotByImage(found, goal.facts.mainImage)
  if (why === undefined) return []
  return [
    {
      exitKind: 'usage',
      message: `${environment.name}: the image of ${release.name} cannot go back by itself: ${why}.`,
      hint: withoutImageOnly(service.name, environment.name),
    },
  ]
}

function whyNotByImage(found: ReleaseFacts | undefined, earlier: string | undefined): string | undefined {
  if (found === undefined) return 'git does not install that release there any more'
  if (found.versionPlace === undefined) return 'it does not take its tag from its values'
  const now = nameOf(found.versionPlace.imageName)
  const then = earlier === undefined ? now : nameOf(earlier)
  return now === then ? undefined : `it was ${then}, and git's chart runs ${now}`
}

function nameOf(image: string): string {
  return shortImage(splitImage(image).name)
}

/** What to type instead. */
export function withoutImageOnly(service: string, environments: string): string {
  return `deploy rollback ${service} -e ${environments} goes back with chart and configuration.`
}
