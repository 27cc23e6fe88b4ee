import type {Readable} from 'node:stream'
import {DeployError} from '../errors.ts'
import type {Cluster, ClusterOptions} from './client.ts'
import {openConnection} from './connection.ts'
import {faultOfConnection} from './faults.ts'
import {readKubeconfig} from './kubeconfig.ts'
import {makeSender} from './sender.ts'

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
  return askForLogs(cluster, request).catch(() => [])
}

/**
 * The same for somebody who asks for them.
 * @throws DeployError `not-found` in the kubelet's own words where there are none (yet)
 */
export async function askForLogs(cluster: Cluster, request: LogRequest): Promise<string[]> {
  const {namespace, pod, container, previous = false, lines = 25, maxBytes = 16_384, signal} = request
  try {
    const text = await cluster.readText(
      {kind: 'Pod', namespace, name: pod},
      'log',
      {container, previous, tailLines: lines, limitBytes: SERVER_LIMIT_BYTES},
      signal,
    )
    return lastLines(text, lines, maxBytes)
  } catch (error) {
    throw noLogs(error, pod)
  }
}

/** The lines of containers as they are written, over connections of their own. */
export type LogFollower = {
  /** Ends with the container, with the signal, or when the server ends it. */
  follow(request: FollowRequest): AsyncGenerator<string>
  close(): Promise<void>
}

export type FollowRequest = {
  namespace: string
  pod: string
  container: string
  /** The last ones written before. None given: all of this instance. */
  lines?: number
  /** Only lines written since; RFC 3339. */
  since?: string
  signal: AbortSignal
}

export async function openLogFollower(kubeconfigPath: string, options: ClusterOptions): Promise<LogFollower> {
  const kubeconfig = await readKubeconfig(kubeconfigPath, options)
  const sender = makeSender(openConnection(kubeconfig, options.kubectl), options)
  return {
    async *follow({namespace, pod, container, lines, since, signal}) {
      const asked = {verb: 'get', resource: `pods/${pod}/log`, namespace, server: kubeconfig.server}
      const query = new URLSearchParams({container, follow: 'true'})
      if (lines !== undefined) query.set('tailLines', String(lines))
      if (since !== undefined) query.set('sinceTime', since)
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log?${query.toString()}`
      try {
        const answer = await sender.open({asked, path, accept: '*/*', signal})
        yield* linesOf(answer)
      } catch (error) {
        if (signal.aborted) return
        throw noLogs(error instanceof DeployError ? error : faultOfConnection(error, asked), pod)
      }
    },
    close: sender.close,
  }
}

async function* linesOf(answer: Readable): AsyncGenerator<string> {
  answer.setEncoding('utf8')
  let rest = ''
  for await (const chunk of answer) {
    const parts = (rest + chunk).split(/\r?\n/)
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') yield rest
}

/** A kubelet refuses with 400 and says why, such as a container that waits to start: not the chart's fault. */
function noLogs(error: unknown, pod: string): unknown {
  if (!(error instanceof DeployError) || error.exitKind !== 'bad-render') return error
  const why = error.message.split('the cluster refuses it: ').at(-1) ?? ''
  const container = /^previous terminated container "([^"]+)"/.exec(why)?.[1]
  if (container !== undefined)
    return new DeployError(
      'not-found',
      `read what ${pod} printed before: its container ${container} was not restarted, so there is nothing before.`,
      {hint: 'Leave --previous out for what it prints now.', cause: error},
    )
  return new DeployError('not-found', `read the log of ${pod}: ${why}`, {cause: error})
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
