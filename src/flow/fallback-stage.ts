import type {ReleaseRef} from '../plan/facts.ts'
import type {FallbackStep, ReleaseStep, Stage} from '../plan/plan.ts'
import {historyCommand, type NotBack} from './not-back.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {keyOf} from './open-stage.ts'
import {type LatestRevision, latestRevisions} from './revisions.ts'
import type {StageRun} from './stage.ts'

/** What goes back of a stage: only releases that helm began to change, and only while the newest revision is still ours. */
export async function fallbackStage(
  run: StageRun,
  site: EnvironmentSite,
): Promise<{stage: Stage; left: NotBack[]}> {
  const latest = await latestRevisions(
    site,
    run.touched.map(one => one.release),
  )
  const fallback = new Map(run.stage.fallback.map(step => [keyOf(step.release), step]))
  const left: NotBack[] = []
  const steps = new Map<string, ReleaseStep>()
  for (const {release, revision} of run.touched) {
    const step = fallback.get(keyOf(release))
    const found = latest.get(keyOf(release))
    const kind = wayBack(step, revision, found)
    if (kind === 'by-others' || kind === 'none') left.push(leftAlone(run.stage.environment, release, kind))
    else if (kind === 'go' && step)
      steps.set(keyOf(release), asReleaseStep(step, revision ?? found?.revision ?? 0))
  }
  // The fallback's own order: the reverse of how it was done.
  const ordered = run.stage.fallback.flatMap(step => steps.get(keyOf(step.release)) ?? [])
  return {stage: {...run.stage, steps: ordered, gate: {kind: 'none'}, fallback: []}, left}
}

function wayBack(
  step: FallbackStep | undefined,
  ours: number | undefined,
  found: LatestRevision | undefined,
): 'go' | 'is-back' | 'by-others' | 'none' {
  // helm was stopped before it wrote anything.
  if (found === undefined && (step === undefined || step.kind === 'uninstall')) return 'is-back'
  if (found === undefined || (ours !== undefined && found.revision !== ours)) return 'by-others'
  if (step === undefined) return 'none'
  return step.kind === 'rollback' && found.revision === step.toRevision && found.status === 'deployed'
    ? 'is-back'
    : 'go'
}

function leftAlone(environment: string, release: ReleaseRef, kind: 'by-others' | 'none'): NotBack {
  const message =
    kind === 'none'
      ? 'it never was healthy before, so there is nothing to go back to'
      : 'someone else changed it after us, which is left as it is'
  return {
    environment,
    release,
    message,
    command: historyCommand(release),
  }
}

function asReleaseStep(step: FallbackStep, fromRevision: number): ReleaseStep {
  const none = {name: '', version: ''}
  return {
    release: step.release,
    action:
      step.kind === 'uninstall'
        ? {kind: 'uninstall', fromRevision}
        : {kind: step.kind, fromRevision, toRevision: step.toRevision},
    chart: {before: none, after: none},
    images: [],
    override: undefined,
    given: [],
    changes: [],
    hooks: [],
    workloads: step.kind === 'uninstall' ? [] : step.workloads,
    timeoutMs: step.timeoutMs,
    ridesAlong: undefined,
    values: undefined,
    isHeld: false,
    recreatesPods: false,
  }
}
