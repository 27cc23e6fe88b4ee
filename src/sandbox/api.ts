import {Agent, request} from 'node:https'
import {DeployError} from '../errors.ts'

export type ApiAccess = {server: string; ca: string; token: string}

export type Api = {
  get: <T>(path: string) => Promise<T>
  create: <T>(path: string, body: object) => Promise<T>
  /** Server-side apply: makes the object, or makes it so. */
  apply: <T>(path: string, body: object) => Promise<T>
  remove: (path: string) => Promise<void>
  isReady: () => Promise<boolean>
  close: () => void
}

type Answer = {status: number; body: string}
type Call = {method: string; path: string; body?: object; contentType?: string}

const REQUEST_TIMEOUT_MS = 15_000
const APPLY = 'application/apply-patch+yaml'

/** Talk to one API server over connections that are kept: no process per object. */
export function openApi(access: ApiAccess): Api {
  const agent = new Agent({keepAlive: true, maxSockets: 8, ca: access.ca})
  const call = (details: Call) => send(access, agent, details)
  return {
    get: async path => parse(await call({method: 'GET', path}), `read ${path}`),
    create: async (path, body) =>
      parse(await call({method: 'POST', path, body, contentType: 'application/json'}), `create ${path}`),
    apply: async (path, body) => {
      const query = `${path}?fieldManager=deploy-sandbox&force=true`
      return parse(await call({method: 'PATCH', path: query, body, contentType: APPLY}), `apply ${path}`)
    },
    remove: async path => {
      parse(await call({method: 'DELETE', path}), `delete ${path}`)
    },
    isReady: () =>
      call({method: 'GET', path: '/readyz'}).then(
        answer => answer.status === 200,
        () => false,
      ),
    close: () => agent.destroy(),
  }
}

function send(access: ApiAccess, agent: Agent, details: Call): Promise<Answer> {
  const body = details.body === undefined ? undefined : JSON.stringify(details.body)
  const headers = {
    authorization: `Bearer ${access.token}`,
    accept: 'application/json',
    ...(body === undefined
      ? {}
      : {'content-type': details.contentType, 'content-length': Buffer.byteLength(body)}),
  }
  return new Promise((resolve, reject) => {
    const options = {method: details.method, headers, agent, timeout: REQUEST_TIMEOUT_MS}
    const outgoing = request(new URL(details.path, access.server), options, incoming => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('error', reject)
      incoming.on('end', () =>
        resolve({status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8')}),
      )
    })
    outgoing.on('error', reject)
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`)),
    )
    outgoing.end(body)
  })
}

function parse<T>(answer: Answer, doing: string): T {
  if (answer.status < 300) return JSON.parse(answer.body) as T
  throw new DeployError(
    'unreachable',
    `${doing}: the API server said ${answer.status}: ${messageOf(answer.body)}`,
    {
      hint: 'deploy sandbox status shows what runs; deploy sandbox down and up starts afresh',
    },
  )
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as {message?: string}).message ?? body
  } catch {
    return body.slice(0, 300)
  }
}
