import {readFileSync} from 'node:fs'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {createServer} from 'node:https'
import {join} from 'node:path'
import {openApi} from './api.ts'
import {tokenOf} from './cluster-files.ts'
import {environmentOf, type EnvironmentSpec} from './node-environment.ts'
import {type ContainerStatus, type LogLine, logOf} from './node-logs.ts'

/*
 * A process of its own: answers the API servers' questions for logs in place of the simulated nodes' kubelets.
 * nodes-server CLUSTER_DIR API_PORT PORT [CLUSTER_DIR API_PORT PORT …]
 */
type PodRead = (namespace: string, pod: string, container: string) => Promise<ReadContainer | undefined>

type ReadContainer = {status: ContainerStatus; environment: readonly string[]}

type Pod = {
  spec: {containers: EnvironmentSpec[]}
  status: {containerStatuses?: ContainerStatus[]}
}

const FOLLOW_EVERY_MS = 1000
const MAX_FOLLOW_MS = 3_600_000

const words = process.argv.slice(2)
for (let index = 0; index + 2 < words.length; index += 3) {
  serveNodes(words[index] ?? '', Number(words[index + 1]), Number(words[index + 2]))
}

function serveNodes(dir: string, apiPort: number, port: number): void {
  const ca = readFileSync(join(dir, 'apiserver.crt'), 'utf8')
  const token = tokenOf('nodes', readFileSync(join(dir, 'tokens.csv'), 'utf8')) ?? ''
  const api = openApi({server: `https://127.0.0.1:${apiPort}`, ca, token})
  const read = <T>(path: string) => api.get<T>(path).catch(() => undefined)
  const readPod: PodRead = async (namespace, pod, container) => {
    const found = await read<Pod>(`/api/v1/namespaces/${namespace}/pods/${pod}`)
    const status = found?.status.containerStatuses?.find(({name}) => name === container)
    const spec = found?.spec.containers.find(({name}) => name === container)
    if (status === undefined || spec === undefined) return undefined
    const readObject = (kind: string, name: string) =>
      read<{data?: Record<string, string>}>(`/api/v1/namespaces/${namespace}/${kind}/${name}`)
    return {status, environment: await environmentOf(spec, readObject)}
  }
  createServer({cert: ca, key: readFileSync(join(dir, 'apiserver.key'))}, (request, response) => {
    void answer(request, response, readPod)
  }).listen(port, '127.0.0.1')
}

async function answer(request: IncomingMessage, response: ServerResponse, readPod: PodRead): Promise<void> {
  const url = new URL(request.url ?? '/', 'https://node')
  const [, kind, namespace, pod, container] = url.pathname.split('/')
  if (kind !== 'containerLogs' || !namespace || !pod || !container) {
    response.writeHead(404).end('simulated nodes answer for logs only\n')
    return
  }

  const isFollowing = url.searchParams.get('follow') === 'true'
  const endMs = Date.now() + (isFollowing ? MAX_FOLLOW_MS : 0)
  let shownUntilMs = sinceMs(url.searchParams)
  let tail = Number(url.searchParams.get('tailLines') ?? Number.NaN)
  do {
    const found = await readPod(namespace, pod, container)
    const isPrevious = url.searchParams.get('previous') === 'true'
    const log = found && logOf(pod, found.status, isPrevious, Date.now(), found.environment)
    if (!log || log.kind === 'refused') {
      if (!response.headersSent) response.writeHead(400)
      response.end(response.writableLength > 0 || !log ? '' : log.message)
      return
    }
    const fresh = log.lines.filter(({atMs}) => atMs > shownUntilMs)
    const shown = Number.isNaN(tail) ? fresh : fresh.slice(tail === 0 ? fresh.length : -tail)
    response.write(textOf(shown, url.searchParams.get('timestamps') === 'true'))
    shownUntilMs = log.lines.at(-1)?.atMs ?? shownUntilMs
    tail = Number.NaN
    if (!log.isRunning || !isFollowing) break
    await new Promise(resolve => setTimeout(resolve, FOLLOW_EVERY_MS))
  } while (Date.now() < endMs && !response.destroyed)
  response.end()
}

function sinceMs(query: URLSearchParams): number {
  const seconds = Number(query.get('sinceSeconds') ?? Number.NaN)
  if (!Number.isNaN(seconds)) return Date.now() - seconds * 1000
  return Date.parse(query.get('sinceTime') ?? '') || 0
}

function textOf(lines: readonly LogLine[], withTimestamps: boolean): string {
  return lines
    .map(({atMs, text}) => `${withTimestamps ? `${new Date(atMs).toISOString()} ` : ''}${text}\n`)
    .join('')
}
