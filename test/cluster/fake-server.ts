import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import http, {type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {type Cluster, type ClusterOptions, openCluster} from '../../src/cluster/client.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/**
 * A server that misbehaves in ways no real API server can be told to. For everything else there is the sandbox.
 * `answers` are used up one by one, the last one again and again.
 */
export async function withFakeServer(
  answers: Answer[],
  run: (cluster: Cluster, paths: string[]) => Promise<void>,
  options: ClusterOptions = {},
): Promise<void> {
  const paths: string[] = []
  const server = http.createServer((request, response) => {
    const answer = answers[Math.min(paths.length, answers.length - 1)]
    paths.push(`${request.method} ${request.url}`)
    answer?.(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  const directory = await mkdtemp(join(tmpdir(), 'deploy-test-'))
  const cluster = await openCluster(await writeKubeconfig(directory, `http://127.0.0.1:${port}`), {
    retry: {forMs: 1_000, firstPauseMs: 5, longestPauseMs: 20},
    ...options,
  })
  try {
    await run(cluster, paths)
  } finally {
    await cluster.close()
    server.closeAllConnections()
    server.close()
    await rm(directory, {recursive: true})
  }
}

export async function writeKubeconfig(
  directory: string,
  server: string,
  user: object = {token: 't'},
): Promise<string> {
  const path = join(directory, 'kubeconfig')
  const config = {
    'current-context': 'main',
    clusters: [{name: 'c', cluster: {server}}],
    users: [{name: 'u', user}],
    contexts: [{name: 'main', context: {cluster: 'c', user: 'u', namespace: 'shop'}}],
  }
  await writeFile(path, JSON.stringify(config))
  return path
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_, response) => {
    response.writeHead(status, {'content-type': 'application/json', ...headers})
    response.end(JSON.stringify(body))
  }
}

export function aStatus(code: number, message: string, reason = ''): Answer {
  return json({kind: 'Status', code, message, reason}, code)
}

/** The connection is cut without a word. */
export const HANG_UP: Answer = request => {
  request.socket.destroy()
}

/** Nothing ever comes. */
export const SILENCE: Answer = () => {}

export const HALF_AN_ANSWER: Answer = (request, response) => {
  response.writeHead(200, {'content-length': '1000'})
  response.write('{"metadata":')
  setTimeout(() => request.socket.destroy(), 20)
}

/** What an API server says to who may read them one by one only. */
export function mayNotList(resource: string): Answer {
  const message = `${resource} is forbidden: User "ada" cannot list resource "${resource}"`
  return json({kind: 'Status', reason: 'Forbidden', message}, 403)
}
