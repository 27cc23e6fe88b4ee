import {readFile} from 'node:fs/promises'
import type {IncomingMessage, RequestOptions} from 'node:http'
import type {AgentOptions} from 'node:https'
import {borrowAgents, http, https, IDLE_TIMEOUT_MS} from './agents.ts'
import type {Kubeconfig} from './kubeconfig.ts'
import {startKubectlProxy} from './kubectl-proxy.ts'

/** Sends requests over kept-alive connections; knows nothing of Kubernetes. */
export type Connection = {
  /** Resolves when the headers are there; the body is the caller's to read. */
  send(request: HttpRequest): Promise<IncomingMessage>
  close(): Promise<void>
}

export type HttpRequest = {
  method: string
  path: string
  headers: Record<string, string>
  body?: string
  /** Until the headers of the answer; of a read, from when it is sent. */
  timeoutMs: number
  /** Its answer goes on for minutes, so others do not queue behind it. */
  isWatch?: boolean
  signal?: AbortSignal
}

/**
 * A read waits this many time-outs for one of them, when slow answers hold them all. A write does not wait: a lock is renewed in
 * time, or given up.
 */
const WAIT_FACTOR = 4

export function openConnection(kubeconfig: Kubeconfig, kubectl = 'kubectl'): Connection {
  return kubeconfig.auth.kind === 'kubectl' ? viaKubectl(kubeconfig, kubectl) : direct(kubeconfig)
}

function direct(kubeconfig: Kubeconfig): Connection {
  const url = new URL(kubeconfig.server)
  const isTls = url.protocol === 'https:'
  const {agents, giveBack} = borrowAgents(url.origin, isTls ? tlsOptions(kubeconfig) : undefined)
  const target: RequestOptions = {
    // A URL writes an IPv6 address in brackets; the socket wants it without.
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port || (isTls ? 443 : 80),
  }
  const prefix = url.pathname.replace(/\/+$/, '')
  const start = isTls ? https.request : http.request
  return {
    async send(request) {
      const headers = {...request.headers, ...(await authHeaders(kubeconfig))}
      const agent = request.isWatch ? agents.watch : agents.short
      return sendWith(start, {...target, agent, path: prefix + request.path}, {...request, headers})
    },
    close: async () => giveBack(),
  }
}

/** The proxy is started at the first request and ended with the connection. */
function viaKubectl(kubeconfig: Kubeconfig, kubectl: string): Connection {
  const agent = new http.Agent({keepAlive: true, timeout: IDLE_TIMEOUT_MS, scheduling: 'lifo'})
  let proxy: ReturnType<typeof startKubectlProxy> | undefined
  return {
    async send(request) {
      proxy ??= startKubectlProxy(kubeconfig, kubectl)
      const {socketPath} = await proxy
      // kubectl proxy refuses other host names (its --accept-hosts).
      const headers = {...request.headers, host: 'localhost'}
      return sendWith(http.request, {agent, socketPath, path: request.path}, {...request, headers})
    },
    async close() {
      agent.destroy()
      const started = await proxy?.catch(() => undefined)
      await started?.stop()
    },
  }
}

function sendWith(
  start: typeof http.request,
  target: RequestOptions,
  request: HttpRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = start({
      ...target,
      method: request.method,
      headers: {...request.headers, ...lengthOf(request.body)},
      ...(request.signal === undefined ? {} : {signal: request.signal}),
    })
    const endAfter = (ms: number, what: string) => setTimeout(() => outgoing.destroy(timedOut(what, ms)), ms)
    const isRead = request.method === 'GET'
    let timer = isRead
      ? endAfter(WAIT_FACTOR * request.timeoutMs, 'no free connection')
      : endAfter(request.timeoutMs, 'no answer')
    outgoing.once('socket', () => {
      if (!isRead || outgoing.destroyed) return
      clearTimeout(timer)
      timer = endAfter(request.timeoutMs, 'no answer')
    })
    outgoing.once('close', () => clearTimeout(timer))
    outgoing.once('response', answer => {
      clearTimeout(timer)
      resolve(answer)
    })
    outgoing.on('error', reject)
    outgoing.end(request.body)
  })
}

/** Node sends no length of its own accord with DELETE, and the body would be read as the next request. */
function lengthOf(body: string | undefined): Record<string, number> {
  return body === undefined ? {} : {'content-length': Buffer.byteLength(body)}
}

function tlsOptions(kubeconfig: Kubeconfig): AgentOptions {
  const {auth} = kubeconfig
  return {
    rejectUnauthorized: kubeconfig.isServerVerified,
    ...(kubeconfig.caPem === undefined ? {} : {ca: kubeconfig.caPem}),
    ...(kubeconfig.tlsServerName === undefined ? {} : {servername: kubeconfig.tlsServerName}),
    ...(auth.kind === 'client-certificate' ? {cert: auth.certPem, key: auth.keyPem} : {}),
  }
}

async function authHeaders({auth}: Kubeconfig): Promise<Record<string, string>> {
  if (auth.kind === 'token') return {authorization: `Bearer ${auth.token}`}
  if (auth.kind !== 'token-file') return {}
  return {authorization: `Bearer ${(await readFile(auth.path, 'utf8')).trim()}`}
}

function timedOut(what: string, timeoutMs: number): NodeJS.ErrnoException {
  return Object.assign(new Error(`${what} within ${timeoutMs / 1000} s`), {code: 'ETIMEDOUT'})
}
