import type {PodFinding} from './pod.ts'
import type {RolloutSettings} from './settings.ts'
import {type Doom, isSuspicion, type Verdict, type WorkloadProgress} from './verdict.ts'

/**
 * What the pods of one revision say together: doomed when more are doomed than the rollout may lack, or every one made so
 * far is (peers.md §3, case 10); a bad pod within the budget is no verdict.
 */
export function combineFindings(
  findings: readonly PodFinding[],
  budget: number,
  progress: WorkloadProgress,
  settings: RolloutSettings,
): Verdict {
  const doomed = findings.filter(each => each.kind === 'doomed')
  const suspicious = findings.filter(each => each.kind === 'suspicious')
  const isTooMuch = (bad: number) => bad > 0 && (bad > budget || bad === findings.length)
  if (isTooMuch(doomed.length)) return verdictOf(earliest(doomed), progress, settings)
  if (suspicious.length > 0 && isTooMuch(doomed.length + suspicious.length))
    return verdictOf(earliest(suspicious), progress, settings)
  return {kind: 'progressing', progress}
}

/** A doom by its class: at once, or with a grace. */
export function verdictOf(doom: Doom, progress: WorkloadProgress, settings: RolloutSettings): Verdict {
  return isSuspicion(doom.reason)
    ? {kind: 'suspicious', progress: withReason(progress, doom), doom, graceMs: settings.graceMs[doom.reason]}
    : {kind: 'doomed', progress, doom}
}

/** What holds a workload up before there is a pod that could tell: a quota, a webhook. */
function withReason(progress: WorkloadProgress, {pod, message}: Doom): WorkloadProgress {
  if (pod !== undefined || progress.wanted === 0) return progress
  const [sentence = ''] = message.split(': ')
  return {...progress, waitingFor: [progress.waitingFor, sentence].filter(Boolean).join('; ')}
}

/** Percentages of replicas as Kubernetes resolves maxUnavailable: rounded down for Deployments, up for DaemonSets. */
export function resolveCount(
  value: number | string | undefined,
  total: number,
  rounding: 'down' | 'up',
): number {
  if (typeof value === 'number') return value
  const share = (Number.parseFloat(value ?? '25%') / 100) * total
  return rounding === 'up' ? Math.ceil(share) : Math.floor(share)
}

/** The one that was first: the others mostly follow from it. Findings come sorted by name, so the choice is always the same. */
function earliest(findings: readonly (PodFinding & {doom: Doom})[]): Doom {
  const [first, ...others] = findings.map(each => each.doom)
  if (first === undefined) throw new Error('no finding to choose from')
  const timeMs = (doom: Doom) => doom.shownAtMs ?? Number.POSITIVE_INFINITY
  return others.reduce((best, doom) => (timeMs(doom) < timeMs(best) ? doom : best), first)
}
