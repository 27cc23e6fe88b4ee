import {compareImages, runsOf, workloadsOf} from '../diff/images.ts'
import type {FallbackStep, ReleaseStep, Stage} from './plan.ts'
import {
  standingOf,
  type UnfinishedEnvironment,
  type UnfinishedRelease,
  type UnfinishedRun,
} from './unfinished.ts'

/** The stages of an unfinished run that were seen to be healthy: they go back with the others when it fails in the end. */
export function doneStages(run: UnfinishedRun): Stage[] {
  return run.environments.flatMap(environment =>
    environment.stages
      .filter(({state}) => state === 'healthy')
      .flatMap(({name}) => doneStage(name, environment)),
  )
}

/** Whether nothing is left to do of it. */
export function isDone(release: UnfinishedRelease, {stages}: UnfinishedEnvironment): boolean {
  return isWritten(release) && stages.some(({name, state}) => name === release.stage && state === 'healthy')
}

/** helm has written it to the end. */
export function isWritten(release: UnfinishedRelease): boolean {
  return standingOf(release) === 'new' && release.live?.status === 'deployed'
}

function doneStage(name: string, environment: UnfinishedEnvironment): Stage[] {
  const done = environment.releases.filter(one => one.stage === name && isDone(one, environment))
  if (done.length === 0) return []
  const {environmentClass, server} = environment
  return [
    {
      name,
      environment: environment.name,
      environmentClass,
      server,
      role: 'whole',
      selectors: [],
      steps: done.map(doneStep),
      windowMs: 0,
      gate: {kind: 'none'},
      fallback: done.toReversed().flatMap(fallbackOf),
    },
  ]
}

function doneStep({namespace, name, live, before, planned, timeoutMs}: UnfinishedRelease): ReleaseStep {
  const facts = before.kind === 'kept' ? before.facts : undefined
  const revision = live?.revision
  return {
    release: {namespace, name},
    action: {kind: 'verify', fromRevision: revision, toRevision: revision ?? 0},
    chart: {before: facts?.chart, after: live?.facts?.chart ?? {name: '', version: ''}},
    images: compareImages(facts?.objects ?? [], live?.facts?.objects ?? []),
    runs: runsOf(facts?.objects ?? [], live?.facts?.objects ?? []),
    override: planned.override,
    given: [],
    ridesAlong: undefined,
    values: planned.values,
    changes: [],
    hooks: [],
    workloads: [],
    timeoutMs,
    isHeld: false,
    recreatesPods: false,
  }
}

function fallbackOf({namespace, name, before, latestBefore, timeoutMs}: UnfinishedRelease): FallbackStep[] {
  const release = {namespace, name}
  if (before.kind === 'kept') {
    const {revision: toRevision, objects} = before.facts
    return [{kind: 'rollback', release, toRevision, workloads: workloadsOf(objects), timeoutMs}]
  }
  return before.kind === 'none' && latestBefore === undefined ? [{kind: 'uninstall', release, timeoutMs}] : []
}
