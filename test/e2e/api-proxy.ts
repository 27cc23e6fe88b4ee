import {cp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import type {IncomingMessage, ServerResponse} from 'node:http'
import https from 'node:https'
import type {AddressInfo} from 'node:net'
import {dirname, join} from 'node:path'
import {text} from 'node:stream/consumers'
import {pipeline} from 'node:stream/promises'
import {parse} from 'yaml'
import {type DeployHost, openDeployHost} from './deploy-host.ts'
import {sandbox} from './deploy.ts'

type Cluster = 'staging' | 'eqiad' | 'codfw'

/** What a request is answered with instead of by the real server; nothing lets it pass. `cut`: the connection is lost. */
export type Answer =
  | {status: number; reason: string; message: string; headers?: Record<string, string>}
  | 'cut'

/** `GET /api/v1/namespaces/…`, with the query. */
export type Meddle = (request: string) => Answer | undefined

/** In front of one of the sandbox's API servers, for answers that no real one can be made to give. */
export type ApiProxy = {
  /** Who asks counts as a deploy host that knows the cluster by this address. */
  host: DeployHost
  /** From now on; until then, and without it, everything passes. */
  meddle(how: Meddle | undefined): void
  /** The clock of the cluster as seen from here: every time in an answer is moved. */
  shiftTimes(ms: number): void
  close(): Promise<void>
}

export async function openApiProxy(cluster: Cluster): Promise<ApiProxy> {
  const host = await openDeployHost()
  const target = await targetOf(sandbox().adminConfig(cluster))
  let how: Meddle | undefined
  let shiftMs = 0
  const server = https.createServer(await identityOf(cluster), (request, response) => {
    const answer = how?.(`${request.method} ${decodeURIComponent(request.url ?? '')}`)
    if (answer === 'cut') request.socket.destroy()
    else if (answer === undefined) forward(request, response, target, shiftMs).catch(() => response.destroy())
    else refuse(request, response, answer)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const {port} = server.address() as AddressInfo
  await lead(host, target.origin, `https://127.0.0.1:${port}`)
  return {
    host,
    meddle(next) {
      how = next
      // Watches that are open already would never see it.
      server.closeAllConnections()
    },
    shiftTimes(ms) {
      shiftMs = ms
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await host.remove()
    },
  }
}

/** In the words of the API server's own Status. */
export function status(
  code: number,
  reason: string,
  message: string,
  headers?: Record<string, string>,
): Answer {
  return {status: code, reason, message, ...(headers === undefined ? {} : {headers})}
}

// client-go sends no token over plain HTTP; the kubeconfigs trust this one already.
async function identityOf(cluster: Cluster): Promise<{cert: Buffer; key: Buffer}> {
  const [cert, key] = await Promise.all(
    ['apiserver.crt', 'apiserver.key'].map(name => readFile(join(sandbox().cluster(cluster), name))),
  )
  return {cert: cert ?? Buffer.alloc(0), key: key ?? Buffer.alloc(0)}
}

type Target = {origin: string; ca: Buffer}

async function targetOf(kubeconfig: string): Promise<Target> {
  const {cluster} = parse(await readFile(kubeconfig, 'utf8')).clusters[0]
  return {origin: cluster.server, ca: Buffer.from(cluster['certificate-authority-data'], 'base64')}
}

// The host's kubeconfigs name this server instead of the real one.
async function lead(host: DeployHost, from: string, to: string): Promise<void> {
  const directory = join(dirname(host.home), 'kubernetes')
  // Not the links: what is written below would reach the sandbox's own kubeconfigs through them.
  await cp(sandbox().kubernetes, directory, {recursive: true, dereference: true})
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    const config = await readFile(path, 'utf8')
    if (config.includes(from)) await writeFile(path, config.replace(from, to))
    else if (name.startsWith('admin-')) await rm(path)
  }
  const settings = host.env.DEPLOY_CONFIG ?? ''
  const written = await readFile(settings, 'utf8')
  await writeFile(settings, written.replaceAll(sandbox().kubernetes, directory))
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  {origin, ca}: Target,
  shiftMs: number,
): Promise<void> {
  const outgoing = https.request(new URL(request.url ?? '/', origin), {
    method: request.method,
    headers: {
      ...request.headers,
      host: new URL(origin).host,
      ...(shiftMs === 0 ? {} : plainly(request)),
    },
    ca,
  })
  response.on('close', () => outgoing.destroy())
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).once('error', reject)
  })
  request.pipe(outgoing)
  const answer = await answered
  const {'content-length': length, ...headers} = answer.headers
  if (shiftMs === 0) {
    response.writeHead(answer.statusCode ?? 502, {
      ...headers,
      ...(length === undefined ? {} : {'content-length': length}),
    })
    // As the real one does: a watch on which nothing happens has been answered all the same.
    response.flushHeaders()
    return pipeline(answer, response)
  }
  const date = new Date(Date.parse(answer.headers.date ?? '') + shiftMs).toUTCString()
  response.writeHead(answer.statusCode ?? 502, {...headers, date})
  response.flushHeaders()
  if (!(request.url ?? '').includes('watch=true')) {
    response.end(shifted(await text(answer), shiftMs))
    return
  }
  // One event a line.
  let rest = ''
  for await (const chunk of answer.setEncoding('utf8')) {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) response.write(`${shifted(line, shiftMs)}\n`)
  }
  response.end()
}

// Times are found in JSON alone, and not in what is packed.
function plainly({headers: {accept}}: IncomingMessage): Record<string, string> {
  const types = accept?.split(',').filter(type => !type.includes('protobuf'))
  return {'accept-encoding': 'identity', ...(types === undefined ? {} : {accept: types.join()})}
}

function shifted(body: string, ms: number): string {
  return body.replaceAll(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g, (_, time: string) => {
    const moved = new Date(Date.parse(time) + ms).toISOString()
    return `"${time.includes('.') ? moved : moved.replace(/\.\d+Z$/, 'Z')}"`
  })
}

function refuse(request: IncomingMessage, response: ServerResponse, answer: Exclude<Answer, 'cut'>): void {
  request.resume()
  const {status: code, reason, message, headers = {}} = answer
  response.writeHead(code, {'content-type': 'application/json', ...headers})
  response.end(JSON.stringify({apiVersion: 'v1', kind: 'Status', status: 'Failure', code, reason, message}))
}
