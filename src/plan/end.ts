import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'
import type {Failure} from './events.ts'
import type {Outcome, ReleaseEnd} from './outcome.ts'
import {summaryOf} from './end-summary.ts'
import type {Plan} from './plan.ts'
import {decisive, undeployable} from './refusals.ts'

/** How a run ended, before it is put into words. */
export type RunEnd =
  /** `overtaken`: what someone else has changed since it was seen to be healthy, in words. */
  | {kind: 'deployed'; overtaken?: readonly string[]}
  | {kind: 'previewed'; hasChanges: boolean; isDetailed: boolean}
  | {kind: 'refused'}
  | {kind: 'declined'; why: 'answer' | 'no-terminal' | 'interrupt' | 'others-failed'}
  | {kind: 'paused'; before: string}
  /** What an unfinished run had touched is put back. */
  | {kind: 'undone'; notBack: readonly {environment: string; command: string; message: string}[]}
  | {
      kind: 'failed'
      failure: Failure
      isTouched: boolean
      /** Environments that keep the new version, healthy. */
      kept: readonly string[]
      notBack: readonly {environment: string; command: string; message: string}[]
      /** It was to be left as it failed. */
      isLeft?: boolean
    }

/** The exit code's name for an end: the one place where ends become codes. */
export function exitKindOf(end: RunEnd, plan: Plan): ExitKind {
  switch (end.kind) {
    case 'deployed':
      return 'deployed'
    case 'previewed':
      return undeployable(plan)[0]?.exitKind ?? (end.isDetailed && end.hasChanges ? 'changes' : 'deployed')
    case 'refused':
      return decisive(plan)?.exitKind ?? 'declined'
    case 'declined':
      return 'declined'
    case 'paused':
      return 'paused'
    case 'undone':
      return end.notBack.length > 0 ? 'partly-back' : 'deployed'
    case 'failed':
      return failedKind(end)
  }
}

// Nothing is wrong with the version: what was reached is left as it is.
export function isStandstill(failure: Failure): boolean {
  return failure.kind === 'changed-by-others' || failure.kind === 'outdated'
}

// Once anything was touched only 0, 10, 11, 13, 130 and 143 are possible.
function failedKind(end: Extract<RunEnd, {kind: 'failed'}>): ExitKind {
  if (end.notBack.length > 0) return 'partly-back'
  const {failure} = end
  if (failure.kind === 'infrastructure') {
    if (end.isTouched) return 'paused'
    return failure.isForbidden ? 'forbidden' : 'unreachable'
  }
  if (failure.kind === 'lock-lost') return end.isTouched ? 'paused' : 'locked'
  if (isStandstill(failure)) return end.isTouched ? 'paused' : 'declined'
  if (!end.isTouched && failure.kind === 'interrupted') return 'declined'
  if (failure.kind === 'interrupted') return failure.signal === 'SIGTERM' ? 'terminated' : 'interrupted'
  return 'rolled-back'
}

/** The result document of a run. */
export function outcomeOf(
  end: RunEnd,
  plan: Plan,
  about: {runId: string; durationMs: number; releases: readonly ReleaseEnd[]; timings: Outcome['timings']},
): Outcome {
  const kind = exitKindOf(end, plan)
  const next = nextOf(end, kind, plan, about.runId)
  return {
    schema: 1,
    kind,
    exitCode: EXIT_CODES[kind].code,
    action: actionOf(plan),
    runId: about.runId,
    service: plan.service.name,
    summary: summaryOf(end, plan),
    releases: about.releases,
    ...(end.kind === 'failed' ? {failure: end.failure} : {}),
    ...(end.kind === 'previewed' ? {plan} : {}),
    ...(next === undefined ? {} : {next}),
    durationMs: about.durationMs,
    ...(about.timings === undefined ? {} : {timings: about.timings}),
  }
}

function actionOf({kind, finishes}: Plan): Outcome['action'] {
  if (kind === 'abort') return 'abort'
  if (finishes !== undefined) return 'resume'
  return kind === 'deploy' ? 'deploy' : 'rollback'
}

function nextOf(end: RunEnd, kind: ExitKind, plan: Plan, runId: string): string | undefined {
  const {name} = plan.service
  if (kind === 'paused')
    return isForAbort(end)
      ? `deploy abort ${name}`
      : `deploy resume ${name}, or deploy abort ${name} to undo it`
  if (kind === 'rolled-back') return `deploy history ${name} ${plan.finishes?.runId ?? runId}`
  if (end.kind === 'refused') return decisive(plan)?.hint
  if (end.kind === 'previewed') return undeployable(plan)[0]?.hint
  if (end.kind === 'declined' && end.why === 'no-terminal') return 'Say --yes to deploy without being asked.'
  if (end.kind === 'undone') return end.notBack[0]?.command
  if (end.kind === 'failed' && isStandstill(end.failure))
    return 'Run the same command again, and look at the new preview.'
  if (end.kind === 'failed') return end.isLeft ? `deploy abort ${name}` : end.notBack[0]?.command
  return end.kind === 'deployed' ? setVersionCommand(plan) : undefined
}

// What was to be written is not what stands there or in the files any more: it cannot be gone on with.
function isForAbort(end: RunEnd): boolean {
  return end.kind === 'failed' && isStandstill(end.failure)
}

/** What makes git hold the version that was given beside it; in git, environments that this run did not touch often share the value. */
function setVersionCommand({stages, service}: Plan): string | undefined {
  const given = stages.flatMap(stage => stage.steps.flatMap(({override}) => override ?? []))
  const [tag] = given
  return tag !== undefined && new Set(given).size === 1
    ? `deploy version set ${service.name} ${tag} (for all environments that share the value: deploy version get ${service.name})`
    : undefined
}
