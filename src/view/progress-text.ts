import type {WorkloadProgress, WorkloadRef} from '../rollout/verdict.ts'

/** How far workloads are, in one phrase: `1 of 3 updated, 1 ready; ContainerCreating 4 s (POD)`. What may be cut off comes last. */
export function progressText(workloads: readonly WorkloadProgress[], timeLeft = ''): string {
  if (workloads.length === 0) return 'nothing to roll out'
  const sum = (count: (workload: WorkloadProgress) => number) =>
    workloads.reduce((total, one) => total + count(one), 0)
  const [wanted, updated, ready] = [sum(one => one.wanted), sum(one => one.updated), sum(one => one.ready)]
  if (!isAwaited(workloads)) return wanted === 0 ? 'no pods wanted' : `${ready} of ${wanted} ready`
  const counts =
    updated < wanted ? `${updated} of ${wanted} updated, ${ready} ready` : `${ready} of ${wanted} ready`
  return [counts + timeLeft, awaitedText(workloads)].filter(text => text !== '').join('; ')
}

export function isAwaited(workloads: readonly WorkloadProgress[]): boolean {
  return workloads.some(workload => workload.waitingFor !== '')
}

/** What the slowest workload waits for, and how many others wait. */
function awaitedText(workloads: readonly WorkloadProgress[]): string {
  const waiting = workloads
    .filter(workload => workload.waitingFor !== '')
    .toSorted((left, right) => missing(right) - missing(left))
  const [slowest] = waiting
  if (slowest === undefined) return ''
  const reason = slowest.waitingFor.replace(COUNTS, '')
  // A pod's name says whose it is.
  const isNamed = workloads.length === 1 || reason.includes(slowest.workload.name)
  const named = isNamed ? reason : [slowest.workload.name, reason].filter(Boolean).join(': ')
  return waiting.length === 1 ? named : `${named} (and ${waiting.length - 1} more)`
}

/** The judge's own counts, which stand in front already. */
const COUNTS = /^\d+ of \d+ (?:pods? ready|done)(?:; )?/

export function workloadName(workload: WorkloadRef): string {
  return `${workload.kind} ${workload.name}`
}

function missing({wanted, ready}: WorkloadProgress): number {
  return wanted - ready
}
