import type {PodFinding} from './pod.ts'
import type {WorkloadProgress, WorkloadRef} from './verdict.ts'

export type Counts = {wanted: number; updated: number; ready: number}

/** How far a workload is, and what it waits for, in a few words. */
export function progressOf(
  workload: WorkloadRef,
  counts: Counts,
  findings: readonly PodFinding[],
  note = '',
): WorkloadProgress {
  const slowest = slowestOf(findings)
  // Why comes before who: names are long, and what does not fit on a line is cut.
  const pod = slowest === undefined ? '' : `${slowest.state} (${slowest.pod.metadata.name})`
  const ready = `${counts.ready} of ${counts.wanted} ${counts.wanted === 1 ? 'pod' : 'pods'} ready`
  return {workload, ...counts, waitingFor: [ready, note, pod].filter(text => text !== '').join('; ')}
}

export function nothingAwaited(workload: WorkloadRef, counts: Counts): WorkloadProgress {
  return {workload, ...counts, waitingFor: ''}
}

/** The pod to look at: one that is doomed before one that is suspicious, then the one that has waited longest. */
function slowestOf(findings: readonly PodFinding[]): PodFinding | undefined {
  const rank = {doomed: 0, suspicious: 1, fine: 2}
  const made = (finding: PodFinding) => finding.pod.metadata.creationTimestamp ?? ''
  return findings
    .filter(each => !each.isReady || each.kind !== 'fine')
    .toSorted(
      (a, b) => rank[a.kind] - rank[b.kind] || (made(a) < made(b) ? -1 : made(a) > made(b) ? 1 : 0),
    )[0]
}
