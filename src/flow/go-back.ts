import {readRevision} from '../cluster/releases.ts'
import type {EventBody, Failure} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import {ranBefore, ranTexts} from '../plan/hooks.ts'
import type {Stage} from '../plan/plan.ts'
import {watchClaims} from './claims-left.ts'
import {fallbackStage} from './fallback-stage.ts'
import {describeNotBack, type NotBack, unreachableParts} from './not-back.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {keyOf, type StageManner} from './open-stage.ts'
import {latestRevisions} from './revisions.ts'
import type {Books} from './execute.ts'
import {runStage, type StageRun} from './stage.ts'
import type {World} from './world.ts'

/** How going back went. Empty `notBack` = everything that was touched is as recorded, and healthy. */
export type GoneBack = {
  restored: readonly {environment: string; release: ReleaseRef; revision: number | undefined}[]
  notBack: readonly NotBack[]
  verifiedAtMs: number
  /** Nothing was tried: it was to be left as it failed. */
  isLeft?: true
}

/**
 * Put back what these stages touched, in the given order, each by the plan's own fallback; then verify that it is healthy
 * and that its manifest is the recorded one. Goes on when one piece fails; only what was touched is touched again.
 * @param failure what decided it; most of the stages may be healthy themselves
 */
export async function goBack(
  runs: readonly StageRun[],
  failure: Failure,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  books: Books,
): Promise<GoneBack> {
  const parts: Omit<GoneBack, 'verifiedAtMs'>[] = []
  for (const run of runs) {
    const site = sites.get(run.stage.environment)
    if (site === undefined) continue
    const part = await takeBack(run, failure, site, world, books).catch((error: unknown) => ({
      restored: [],
      notBack: unreachableParts(run, site, error),
    }))
    parts.push(part)
    for (const {release, message, command} of part.notBack) {
      world.emit({kind: 'fallback-failed', stage: run.stage.name, release, message, command})
    }
  }
  return {
    restored: parts.flatMap(part => part.restored),
    notBack: parts.flatMap(part => part.notBack),
    verifiedAtMs: world.nowMs(),
  }
}

async function takeBack(
  run: StageRun,
  failure: Failure,
  site: EnvironmentSite,
  world: World,
  books: Books,
): Promise<Omit<GoneBack, 'verifiedAtMs'>> {
  const {journal, holdings} = books
  const begunAtMs = world.nowMs()
  const {stage, left} = await fallbackStage(run, site)
  if (stage.steps.length === 0) return {restored: [], notBack: left}
  const steps = stage.steps.length
  world.emit({
    kind: 'fallback-started',
    stage: stage.name,
    steps,
    reason: reasonOf(failure, run.stage),
  })
  const manner: StageManner = {
    onFailure: 'finish',
    isInterruptible: false,
    countsEarlierReadiness: true,
    removesBlockingPods: true,
    judgesWrittenAfresh: false,
    beforeTouching: async () => {
      await Promise.all([journal.goesBack(run.stage), holdings.confirm(run.stage.environment)])
    },
  }
  for (const text of hooksThatRan(stage, run)) world.emit({kind: 'noted', text})
  const claimsLeft = await watchClaims(stage, site)
  const back = await runStage(stage, site, reportingBack(world, stage), manner)
  for (const text of await claimsLeft()) world.emit({kind: 'noted', text})
  const failures = [
    ...(back.end.kind === 'failed' ? back.end.failures : []),
    ...(await differing(stage, site)),
  ]
  if (failures.length === 0 && left.length === 0) {
    world.emit({kind: 'fallback-verified', stage: stage.name, durationMs: world.nowMs() - begunAtMs})
  }
  return {
    restored: restoredOf(stage, back, failures),
    notBack: [...left, ...failures.map(failure => describeNotBack(failure, stage, site))],
  }
}

function hooksThatRan(back: Stage, {stage: forward, touched}: StageRun): string[] {
  const goes = new Set(
    back.steps.filter(({action}) => action.kind !== 'verify').map(({release}) => keyOf(release)),
  )
  return forward.steps
    .filter(({release}) => goes.has(keyOf(release)))
    .flatMap(step => {
      const isPast = touched.some(one => one.isHealthy && keyOf(one.release) === keyOf(step.release))
      const certainty = isPast ? 'has-run' : 'may-have-run'
      return ranTexts(forward.environment, step.release.name, ranBefore(step), certainty)
    })
}

/** Why a stage goes back. */
export function reasonOf(failure: Failure, {steps}: Pick<Stage, 'steps'>): string {
  const isBackwards = steps.some(({action}) => action.kind === 'rollback')
  if (failure.kind === 'helm-failed' || failure.kind === 'helmfile-failed') return 'helm failed'
  if (failure.kind === 'others-failed') return `${failure.services.join(', ')} failed`
  if (failure.kind !== 'interrupted')
    return isBackwards ? 'what it went back to failed' : 'the new version failed'
  return failure.signal === 'abort' ? 'asked for' : 'interrupted'
}

// The same work as going forward, told as what it is.
function reportingBack(world: World, stage: Stage): World {
  const revisionOf = (release: ReleaseRef) => {
    const action = stage.steps.find(step => keyOf(step.release) === keyOf(release))?.action
    return action?.kind === 'rollback' || action?.kind === 'verify' ? action.toRevision : undefined
  }
  return {
    ...world,
    emit(event) {
      if (event.kind === 'command-run' || event.kind === 'noted') world.emit(event)
      if (event.kind === 'release-progressed') world.emit(asFallback(event))
      if (event.kind === 'release-ready') {
        world.emit({
          kind: 'release-restored',
          stage: event.stage,
          release: event.release,
          toRevision: revisionOf(event.release),
        })
      }
    },
  }
}

function asFallback({
  stage,
  release,
  workloads,
}: Extract<EventBody, {kind: 'release-progressed'}>): EventBody {
  return {kind: 'fallback-progressed', stage, release, workloads}
}

// Back means: the manifest that helm holds now is the recorded revision's, to the letter.
async function differing(stage: Stage, site: EnvironmentSite): Promise<Failure[]> {
  const latest = await latestRevisions(
    site,
    stage.steps.map(step => step.release),
  )
  const checked = await Promise.all(
    stage.steps.map(async ({release, action}): Promise<Failure[]> => {
      const newest = latest.get(keyOf(release))
      if ((action.kind !== 'rollback' && action.kind !== 'verify') || newest === undefined) return []
      const [now, recorded] = await Promise.all(
        [newest.revision, action.toRevision].map(revision =>
          readRevision(site.cluster, release.namespace, release.name, revision),
        ),
      )
      const isSame = now?.status === 'deployed' && now.manifest === recorded?.manifest
      return isSame ? [] : [{kind: 'not-as-recorded', release, toRevision: action.toRevision}]
    }),
  )
  return checked.flat()
}

function restoredOf(stage: Stage, back: StageRun, failures: readonly Failure[]): GoneBack['restored'] {
  const bad = new Set(failures.flatMap(failure => ('release' in failure ? [keyOf(failure.release)] : [])))
  return back.touched
    .filter(one => !bad.has(keyOf(one.release)))
    .map(one => ({environment: stage.environment, release: one.release, revision: one.revision}))
}
