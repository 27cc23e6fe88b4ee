import {compareImages, runsOf, workloadsOf} from '../diff/images.ts'
import {hooksOf, ranHooks, ranTexts} from './hooks.ts'
import type {Facts} from './facts.ts'
import type {CompareRevisions} from './make-rollback-plan.ts'
import type {Plan, ReleaseStep, Stage} from './plan.ts'
import {
  standingLines,
  standingOf,
  type UnfinishedEnvironment,
  type UnfinishedRelease,
  type UnfinishedRun,
  whyNotBack,
} from './unfinished.ts'

/**
 * Undo exactly what an unfinished run touched, newest stage first, each release to its recorded revision; first installs
 * are removed. What someone else has changed since is left as it is, and said.
 */
export function makeAbortPlan(
  facts: Pick<Facts, 'service' | 'tree' | 'skipped'>,
  run: UnfinishedRun,
  compare: CompareRevisions,
  windowMs: Record<'staging' | 'production', number>,
): Plan {
  const stages = run.environments
    .flatMap(environment => stagesOf(environment, compare, windowMs))
    .toReversed()
  return {
    schema: 1,
    kind: 'abort',
    service: facts.service,
    tree: facts.tree,
    stages,
    unchanged: [],
    skipped: facts.skipped,
    notInstalledHere: [],
    drift: [],
    outside: [],
    finishes: {runId: run.runId, standing: standingLines(run)},
    refusals: [],
    warnings: [...left(run), ...unread(run), ...leaving(run)],
  }
}

function stagesOf(
  environment: UnfinishedEnvironment,
  compare: CompareRevisions,
  windowMs: Record<'staging' | 'production', number>,
): Stage[] {
  const {name, environmentClass, server} = environment
  return environment.stages.flatMap(({name: stageName}): Stage[] => {
    const touched = environment.releases.filter(release => release.stage === stageName && isToGoBack(release))
    if (touched.length === 0) return []
    return [
      {
        name: stageName,
        environment: name,
        environmentClass,
        server,
        role: 'whole',
        selectors: [],
        steps: touched.map(release => stepOf(release, compare)).toReversed(),
        windowMs: windowMs[environmentClass],
        gate: {kind: 'none'},
        fallback: [],
      },
    ]
  })
}

// What is back already is judged all the same: the run may have ended before it had seen that it is healthy.
function isToGoBack(release: UnfinishedRelease): boolean {
  const standing = standingOf(release)
  if (standing === 'untouched') return false
  return whyNotBack(release) === undefined
}

function stepOf(release: UnfinishedRelease, compare: CompareRevisions): ReleaseStep {
  const {namespace, name, live, timeoutMs} = release
  const before = release.before.kind === 'kept' ? release.before.facts : undefined
  const fromRevision = live?.revision
  const none = {name: '', version: ''}
  const common = {
    release: {namespace, name},
    override: undefined,
    given: [],
    ridesAlong: undefined,
    values: undefined,
    timeoutMs,
    isHeld: false,
    recreatesPods: false,
  }
  if (before === undefined) {
    return {
      ...common,
      action: {kind: 'uninstall', fromRevision},
      chart: {before: live?.facts?.chart, after: none},
      images: [],
      changes: [],
      hooks: [],
      workloads: [],
    }
  }
  const now = live?.facts
  const asHooks = (revision: typeof before) => ({...revision, objects: revision.hooks})
  return {
    ...common,
    action: {kind: isBack(release) ? 'verify' : 'rollback', fromRevision, toRevision: before.revision},
    chart: {before: now?.chart, after: before.chart},
    images: compareImages(now?.objects ?? [], before.objects),
    runs: runsOf(now?.objects ?? [], before.objects),
    changes: compare(now, before),
    hooks: hooksOf(now?.hooks ?? [], before.hooks, compare(now && asHooks(now), asHooks(before)), 'rollback'),
    workloads: workloadsOf(before.objects),
  }
}

function isBack(release: UnfinishedRelease): boolean {
  return standingOf(release) === 'back' && release.live?.status === 'deployed'
}

function left(run: UnfinishedRun): string[] {
  return run.environments.flatMap(environment =>
    environment.releases.flatMap(release => {
      const why = whyNotBack(release)
      return why === undefined ? [] : [`${environment.name}: ${release.name}: ${why}.`]
    }),
  )
}

function leaving(run: UnfinishedRun): string[] {
  return run.environments.flatMap(({name, releases}) =>
    releases
      .filter(release => isToGoBack(release) && !isBack(release))
      .flatMap(({name: release, live}) =>
        live?.facts === undefined ? [] : ranTexts(name, release, ranHooks(live.facts), 'may-have-run'),
      ),
  )
}

function unread({unread: names}: UnfinishedRun): string[] {
  return names.map(name => `${name} cannot be reached from here: what the run did there stays as it is.`)
}
