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

// Node's own list did not do: the certificate is signed by somebody whom only the system may know.
const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Kept-alive connections to whatever is asked; an address that does not even connect within `connectMs` is given up. */
export function openExchange(connectMs: (url: URL) => number): {exchange: Exchange; close(): void} {
  const options = {keepAlive: true, maxSockets: 6}
  const plain = new http.Agent(options)
  const tls = new https.Agent(options)
  let trustingSystem: HttpsAgent | undefined
  const sendBy = (agent: HttpAgent, request: Request, signal: AbortSignal) => {
    const start = request.url.protocol === 'http:' ? http.request : https.request
    const {method, url, headers} = request
    return send(start(url, {method, headers, signal, agent}), request, connectMs(url))
  }
  return {
    async exchange(request, signal) {
      if (request.url.protocol === 'http:') return sendBy(plain, request, signal)
      if (trustingSystem === undefined) {
        try {
          return await sendBy(tls, request, signal)
        } catch (error) {
          if (!UNTRUSTED.has((error as NodeJS.ErrnoException).code ?? '')) throw error
        }
      }
      trustingSystem ??= new https.Agent({...options, ca: allCertificates()})
      return sendBy(trustingSystem, request, signal)
    },
    close() {
      for (const agent of [plain, tls, trustingSystem]) agent?.destroy()
    },
  }
}

function send(outgoing: ClientRequest, request: Request, connectMs: number): Promise<Response> {
  return new Promise((resolve, reject) => {
    outgoing.once('socket', socket => {
      if (!socket.connecting) return
      // Timers come before what has arrived: after a stall of our own, the connection may be there, not yet noticed.
      const giveUp = () => setImmediate(() => socket.connecting && outgoing.destroy(notConnected(connectMs)))
      const timer = setTimeout(giveUp, connectMs)
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

// Reading them takes 40 ms, so only where they are wanted. Node has them since 22.15.
function allCertificates(): string[] | undefined {
  const tls = process.getBuiltinModule('node:tls')
  if (tls.getCACertificates === undefined) return undefined
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])]
}
