import type {Agent as HttpAgent, ClientRequest, IncomingHttpHeaders, IncomingMessage} from 'node:http'
import type {Agent as HttpsAgent} from 'node:https'

// Importing them as modules would load every lazy part of them: 20 ms.
const http = process.getBuiltinModule('node:http')
const https = process.getBuiltinModule('node:https')

export type Request = {
  method: 'GET' | 'HEAD' | 'POST'
  url: URL
  headers: Readonly<Record<string, string>>
  body?: string
}

export type Response = {status: number; headers: IncomingHttpHeaders; body: Buffer}

/** One request, its whole answer. Rejects with an error that has a `code` when there is none. */
export type Exchange = (request: Request, signal: AbortSignal) => Promise<Response>

// Ten thousand tags are about 300 KiB.
const MAX_BODY_BYTES = 4 * 1024 * 1024

/** Kept-alive connections to whatever is asked; an address that does not even connect within `connectMs` is given up. */
export function openExchange(connectMs: (url: URL) => number): {exchange: Exchange; close(): void} {
  const agents: {plain?: HttpAgent; tls?: HttpsAgent} = {}
  const agentOptions = {keepAlive: true, maxSockets: 6}
  const start = (request: Request, signal: AbortSignal): ClientRequest => {
    const {method, url, headers} = request
    if (url.protocol === 'http:') {
      agents.plain ??= new http.Agent(agentOptions)
      return http.request(url, {method, headers, signal, agent: agents.plain})
    }
    agents.tls ??= new https.Agent({...agentOptions, ca: trustedCertificates()})
    return https.request(url, {method, headers, signal, agent: agents.tls})
  }
  return {
    exchange: (request, signal) => send(start(request, signal), request, connectMs(request.url)),
    close() {
      agents.plain?.destroy()
      agents.tls?.destroy()
    },
  }
}

function send(outgoing: ClientRequest, request: Request, connectMs: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    outgoing.once('socket', socket => {
      if (!socket.connecting) return
      const timer = setTimeout(() => outgoing.destroy(notConnected(connectMs)), connectMs)
      socket.once('connect', () => clearTimeout(timer))
      socket.once('close', () => clearTimeout(timer))
    })
    outgoing.once('response', answer => resolve(readResponse(answer)))
    outgoing.once('error', reject)
    outgoing.end(request.body)
  })
}

async function readResponse(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw Object.assign(new Error('the answer is too long'), {code: 'EMSGSIZE'})
    chunks.push(chunk)
  }
  return {status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks)}
}

function notConnected(connectMs: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`no connection within ${connectMs / 1000} s`), {code: 'ETIMEDOUT'})
}

// Node brings a list of its own; registries inside a company are signed by what the system trusts.
function trustedCertificates(): string[] {
  const tls = process.getBuiltinModule('node:tls')
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])]
}
