import type {Cluster} from '../cluster/client.ts'
import {readLogs} from '../cluster/logs.ts'
import type {Failure} from '../plan/events.ts'

/** Worth a moment, not a delay: the bad pods are still there while we read. */
const LIMIT_MS = 1000

/** The same failure with the last lines of the container that decided it, read before anything is taken back. */
export async function withEvidence(failure: Failure, cluster: Cluster): Promise<Failure> {
  if (failure.kind !== 'doomed' || failure.doom.pod === undefined || failure.doom.container === undefined)
    return failure
  const about = {
    namespace: failure.workload.namespace,
    pod: failure.doom.pod,
    container: failure.doom.container,
    lines: 15,
    signal: AbortSignal.timeout(LIMIT_MS),
  }
  const [previous, current] = await Promise.all([
    readLogs(cluster, {...about, previous: true}),
    readLogs(cluster, about),
  ])
  return {...failure, logs: previous.length > 0 ? previous : current}
}
