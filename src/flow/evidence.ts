import type {Cluster} from '../cluster/client.ts'
import {readLogs} from '../cluster/logs.ts'
import type {Failure} from '../plan/events.ts'
import {hideSecretsIn} from './namespace-secrets.ts'
import type {World} from './world.ts'

/** Worth a moment, not a delay: the bad pods are still there while we read. */
const LIMIT_MS = 1000

const SHOWN_LINES = 15
/** More than is shown: a value of several lines is known by all of them. */
const READ_LINES = 80

/** The same failure with the last lines of the container that decided it, read before anything is taken back. */
export async function withEvidence(
  failure: Failure,
  cluster: Cluster,
  {secrecy}: Pick<World, 'secrecy'>,
): Promise<Failure> {
  if (failure.kind !== 'doomed' || failure.doom.pod === undefined || failure.doom.container === undefined)
    return failure
  const about = {
    namespace: failure.workload.namespace,
    pod: failure.doom.pod,
    container: failure.doom.container,
    lines: READ_LINES,
    maxBytes: 65_536,
    signal: AbortSignal.timeout(LIMIT_MS),
  }
  const [previous, current] = await Promise.all([
    readLogs(cluster, {...about, previous: true}),
    readLogs(cluster, about),
    hideSecretsIn(cluster, about.namespace, secrecy).catch(() => {}),
  ])
  const lines = previous.length > 0 ? previous : current
  const logs = lines.length === 0 ? [] : secrecy.mask(lines.join('\n')).split('\n')
  return {...failure, logs: logs.slice(-SHOWN_LINES)}
}
