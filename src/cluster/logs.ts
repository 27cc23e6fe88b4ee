import type {Cluster} from './client.ts'

export type LogRequest = {
  namespace: string
  pod: string
  container: string
  /** The instance before the running one: where a crashed container said why. */
  previous?: boolean
  lines?: number
  maxBytes?: number
  signal?: AbortSignal
}

/** What the server may send at most; a line can be longer than anyone wants to read. */
const SERVER_LIMIT_BYTES = 1 << 20

/** The last lines a container wrote. Evidence, never a reason to fail: no lines when they cannot be had. */
export async function readLogs(cluster: Cluster, request: LogRequest): Promise<string[]> {
  const {namespace, pod, container, previous = false, lines = 25, maxBytes = 16_384, signal} = request
  try {
    const text = await cluster.readText(
      {kind: 'Pod', namespace, name: pod},
      'log',
      {container, previous, tailLines: lines, limitBytes: SERVER_LIMIT_BYTES},
      signal,
    )
    return lastLines(text, lines, maxBytes)
  } catch {
    return []
  }
}

/** The newest bytes count: the cut is made at the beginning. */
function lastLines(text: string, lines: number, maxBytes: number): string[] {
  const bytes = Buffer.from(text)
  const kept = bytes.length <= maxBytes ? text : `…${bytes.subarray(-maxBytes).toString('utf8')}`
  return kept
    .replace(/\n$/, '')
    .split('\n')
    .slice(-lines)
    .filter((line, _, all) => all.length > 1 || line !== '')
}
