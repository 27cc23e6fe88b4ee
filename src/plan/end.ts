import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'
import type {Failure} from './events.ts'
import type {Outcome, ReleaseEnd} from './outcome.ts'
import type {Plan, Refusal} from './plan.ts'

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

// Refusals that wait for a word (--yes, --override) are for those who deploy; these are for those who look, too.
function undeployable({refusals}: Plan): Refusal[] {
  return refusals.filter(({exitKind}) => exitKind === 'bad-render' || exitKind === 'not-found')
}

// Who may not deploy there has to know it first; a word (--retry, --override) helps where nothing else is in the way.
function decisive(plan: Plan): Refusal | undefined {
  const {refusals} = plan
  return refusals.find(({exitKind}) => exitKind === 'forbidden') ?? undeployable(plan)[0] ?? refusals[0]
}

function messagesOf(refusals: readonly Refusal[]): string {
  return refusals.map(refusal => refusal.message).join(' ')
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

const DONE: Record<Plan['kind'], string> = {
  deploy: 'is deployed and',
  rollback: 'is back and',
  'image-rollback': 'has its earlier image back and is',
  abort: 'is back and',
}

function summaryOf(end: RunEnd, plan: Plan): string {
  const name = plan.service.name
  const where = [...new Set(plan.stages.map(stage => stage.environment))].join(', ')
  switch (end.kind) {
    case 'deployed':
      return plan.stages.length === 0
        ? `${name} is up to date: nothing to do.`
        : `${name} ${DONE[plan.kind]} healthy in ${where}.${overtakenText(end)}`
    case 'previewed':
      if (undeployable(plan).length > 0) return messagesOf(undeployable(plan))
      return end.hasChanges
        ? `${name} would change in ${where}.`
        : `${name} is up to date: nothing would change.`
    case 'refused':
      return messagesOf(plan.refusals)
    case 'declined':
      return `Nothing was changed${NOT_BEGUN[end.why]}.`
    case 'paused':
      return `${name} is healthy as far as it got; it stopped before ${end.before}.`
    case 'undone':
      return undoneSummary(end.notBack, plan)
    case 'failed':
      return failedSummary(end, plan)
  }
}

function overtakenText({overtaken = []}: Extract<RunEnd, {kind: 'deployed'}>): string {
  return overtaken.length === 0
    ? ''
    : ` Someone else has changed ${overtaken.join(', ')} since; their change stands.`
}

const NOT_BEGUN: Record<Extract<RunEnd, {kind: 'declined'}>['why'], string> = {
  answer: '',
  interrupt: '',
  'no-terminal': ': there is no terminal to ask on, and --yes was not given',
  'others-failed': ': the run was stopped before its turn came',
}

type NotBack = Extract<RunEnd, {kind: 'undone'}>['notBack']

function undoneSummary(notBack: NotBack, plan: Plan): string {
  const what = `the run ${plan.finishes?.runId}`
  if (notBack.length > 0) return `Not everything that ${what} touched is back: ${notBackText(notBack)}.`
  return plan.stages.length === 0
    ? `Nothing of ${what} is left to undo.`
    : `${plan.service.name} is as it was before ${what}, and verified healthy.`
}

function notBackText(notBack: NotBack): string {
  return notBack.map(one => `${one.environment}: ${one.message}`).join('; ')
}

function leftIn(notBack: NotBack): string {
  return [...new Set(notBack.map(one => one.environment))].join(', ')
}

function failedSummary(end: Extract<RunEnd, {kind: 'failed'}>, plan: Plan): string {
  const {name} = plan.service
  if (end.isLeft) return `${name} ${whatOf(end)}, and is left as it is: ${leftIn(end.notBack)}.`
  if (end.notBack.length > 0) {
    return `${name} ${whatOf(end)}, and not everything is back: ${notBackText(end.notBack)}.`
  }
  if (end.failure.kind === 'changed-by-others')
    return `Someone else changed ${name} since the preview; their change stands.`
  if (end.failure.kind === 'outdated')
    return `${filesOr(end.failure.files, `The values of ${name}`)} changed since the preview; it stopped there.`
  if (!end.isTouched) return `${name} was not changed.`
  if (end.failure.kind === 'lock-lost')
    return `${name} is as far as it got, and healthy: the lock of ${end.failure.environment} is lost, ${end.failure.message}.`
  if (end.failure.kind === 'infrastructure')
    return `${name} is as far as it got, and nothing was taken back: ${end.failure.message}`
  if (end.kept.length === 0)
    return `${name} ${whatOf(end)}; everything that was touched is back and verified healthy.`
  const kept = plan.kind === 'deploy' ? 'the new version' : 'what it went back to'
  return `${name} ${whatOf(end)}; production is back and verified healthy. ${end.kept.join(', ')} keeps ${kept}, so that one can look.`
}

function whatOf({failure}: Extract<RunEnd, {kind: 'failed'}>): string {
  if (failure.kind === 'others-failed') return `goes back with ${failure.services.join(', ')}`
  return failure.kind === 'interrupted' ? 'was interrupted' : 'failed'
}

function filesOr(files: readonly string[], otherwise: string): string {
  return files.length === 0 ? otherwise : files.join(', ')
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
