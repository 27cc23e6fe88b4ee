import type {RunEnd} from './end.ts'
import type {Plan, Refusal} from './plan.ts'
import {undeployable} from './refusals.ts'

/** How a run ended, in a sentence or two. */
export function summaryOf(end: RunEnd, plan: Plan): string {
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

const DONE: Record<Plan['kind'], string> = {
  deploy: 'is deployed and',
  rollback: 'is back and',
  'image-rollback': 'has its earlier image back and is',
  abort: 'is back and',
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

function messagesOf(refusals: readonly Refusal[]): string {
  return refusals.map(refusal => refusal.message).join(' ')
}
