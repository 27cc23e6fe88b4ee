import {readRevision} from '../cluster/releases.ts'
import type {Failure} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {FallbackStep, ReleaseStep, Stage} from '../plan/plan.ts'
import {rollbackCommand} from '../tools/helm.ts'
import type {EnvironmentSite} from './gather-environment.ts'
import {keyOf} from './open-stage.ts'
import {latestRevisions} from './revisions.ts'
import {runStage, type StageRun} from './stage.ts'
import type {World} from './world.ts'

/** How going back went. Empty `notBack` = everything that was touched is as recorded, and healthy. */
export type GoneBack = {
  restored: readonly {environment: string; release: ReleaseRef; revision: number | undefined}[]
  notBack: readonly NotBack[]
  verifiedAtMs: number
  /** Stability windows that were held, to be left out of a time. */
  windowMs: number
}

export type NotBack = {environment: string; release: ReleaseRef; message: string; command: string}

/**
 * Put back what these stages touched, in the given order, each by the plan's own fallback; then verify that it is healthy
 * and that its manifest is the recorded one. Goes on when one piece fails; only what was touched is touched again.
 */
export async function goBack(
  runs: readonly StageRun[],
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
): Promise<GoneBack> {
  const restored: GoneBack['restored'][number][] = []
  const notBack: NotBack[] = []
  const begunAtMs = world.nowMs()
  let heldMs = 0
  for (const run of runs) {
    const site = sites.get(run.stage.environment)
    if (site === undefined) continue
    const stage = await fallbackStage(run, site)
    if (stage.steps.length === 0) continue
    world.emit({
      kind: 'fallback-started',
      stage: run.stage.name,
      steps: stage.steps.length,
      reason: 'the new version failed',
    })
    const back = await runStage(stage, site, reportingBack(world, stage), {
      onFailure: 'finish',
      isInterruptible: false,
      countsEarlierReadiness: true,
    })
    const failures = [
      ...(back.end.kind === 'failed' ? back.end.failures : []),
      ...(await differing(stage, site)),
    ]
    notBack.push(...failures.map(failure => describe(failure, stage, site)))
    restored.push(...restoredOf(stage, back, failures))
    heldMs += stage.windowMs
    for (const one of notBack) world.emit({kind: 'fallback-failed', stage: run.stage.name, ...one})
    if (failures.length === 0)
      world.emit({kind: 'fallback-verified', stage: run.stage.name, durationMs: world.nowMs() - begunAtMs})
  }
  return {restored, notBack, verifiedAtMs: world.nowMs(), windowMs: heldMs}
}

// The same work as going forward, told as what it is.
function reportingBack(world: World, stage: Stage): World {
  const revisionOf = (release: ReleaseRef) => {
    const action = stage.steps.find(step => keyOf(step.release) === keyOf(release))?.action
    return action?.kind === 'rollback' ? action.toRevision : undefined
  }
  return {
    ...world,
    emit(event) {
      if (event.kind === 'command-run') world.emit(event)
      if (event.kind === 'release-progressed') world.emit({...event, kind: 'fallback-progressed'})
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

// Only releases that helm began to change, and only while the newest revision is still ours.
async function fallbackStage(run: StageRun, site: EnvironmentSite): Promise<Stage> {
  const touched = new Map(run.touched.map(one => [keyOf(one.release), one]))
  const latest = await latestRevisions(
    site,
    run.touched.map(one => one.release),
  )
  const steps = run.stage.fallback.flatMap((step): ReleaseStep[] => {
    const ours = touched.get(keyOf(step.release))
    const found = latest.get(keyOf(step.release))
    if (ours === undefined || found === undefined) return []
    // helm was stopped before it wrote anything.
    if (step.kind === 'rollback' && found.revision === step.toRevision && found.status === 'deployed')
      return []
    return [asReleaseStep(step, ours.revision ?? found.revision)]
  })
  return {...run.stage, name: `${run.stage.name}`, steps, gate: {kind: 'none'}, fallback: []}
}

function asReleaseStep(step: FallbackStep, fromRevision: number): ReleaseStep {
  const none = {name: '', version: ''}
  return {
    release: step.release,
    action:
      step.kind === 'rollback'
        ? {kind: 'rollback', fromRevision, toRevision: step.toRevision}
        : {kind: 'uninstall', fromRevision},
    chart: {before: none, after: none},
    images: [],
    changes: [],
    workloads: step.kind === 'rollback' ? step.workloads : [],
    timeoutMs: step.timeoutMs,
    isHeld: false,
  }
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
      if (action.kind !== 'rollback' || newest === undefined) return []
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

function describe(failure: Failure, stage: Stage, site: EnvironmentSite): NotBack {
  const step =
    stage.steps.find(one => 'release' in failure && keyOf(one.release) === keyOf(failure.release)) ??
    stage.steps[0]
  const release = step?.release ?? {namespace: '', name: ''}
  const toRevision = step?.action.kind === 'rollback' ? step.action.toRevision : 0
  return {
    environment: stage.environment,
    release,
    message: messageOf(failure),
    command: rollbackCommand(site.helm, release, toRevision, site.kubeconfig),
  }
}

function messageOf(failure: Failure): string {
  switch (failure.kind) {
    case 'doomed':
      return failure.doom.message
    case 'timed-out':
      return `still waiting after ${Math.round(failure.timeoutMs / 1000)} s: ${failure.waitingFor.map(one => one.waitingFor).join('; ')}`
    case 'changed-by-others':
      return `someone else changed it meanwhile (revision ${failure.foundRevision ?? 'none'} instead of ${failure.expectedRevision ?? 'none'})`
    case 'not-as-recorded':
      return `its manifest is not that of revision ${failure.toRevision}`
    case 'interrupted':
      return `interrupted by ${failure.signal}`
    case 'helm-failed':
    case 'helmfile-failed':
    case 'infrastructure':
      return failure.message
  }
}

function restoredOf(stage: Stage, back: StageRun, failures: readonly Failure[]): GoneBack['restored'] {
  const bad = new Set(failures.flatMap(failure => ('release' in failure ? [keyOf(failure.release)] : [])))
  return back.touched
    .filter(one => !bad.has(keyOf(one.release)))
    .map(one => ({environment: stage.environment, release: one.release, revision: one.revision}))
}
