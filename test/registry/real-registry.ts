import {spawn} from 'node:child_process'
import {createSign, X509Certificate} from 'node:crypto'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer, type IncomingMessage, type RequestListener} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {stringify} from 'yaml'
import {sandboxPaths} from '../../src/sandbox/paths.ts'
import {findFreePorts} from '../../src/sandbox/ports.ts'
import {TOOLS} from '../../src/sandbox/tool-list.ts'
import {findTool} from '../../src/sandbox/tools.ts'
import {testSandbox} from '../e2e/test-sandbox.ts'

export const USER = 'tester'
export const PASSWORD = 'not-a-secret'
// bcrypt of the above: nothing else in node makes one.
const HTPASSWD = `${USER}:$2b$05$uKUd3rvvmMu3RqI55JPi7uUBIiczx3.LNPREA12mi.9n/h7qe55z6\n`
const SERVICE = 'test-registry'

/** The key and certificate of the sandbox's API server do for tokens as well. */
export const signer = join(sandboxPaths(testSandbox(), process.env).cluster('staging'), 'apiserver')

export type Auth = {kind: 'none'} | {kind: 'password'} | {kind: 'token'; realm: string} | {kind: 'tls'}

export type RealRegistries = {
  /** Starts one more registry over the same images. */
  start(auth: Auth): Promise<string>
  directory: string
  stop(): Promise<void>
}

/** Real registries, beside the sandbox's own: that one asks nobody who they are. */
export async function openRegistries(): Promise<RealRegistries> {
  const tool = TOOLS.find(({name}) => name === 'registry')
  const program = tool === undefined ? undefined : await findTool(tool, process.env)
  if (program === undefined) throw new Error('the sandbox has no registry')
  const directory = await mkdtemp(join(tmpdir(), 'deploy-registry-'))
  await writeFile(join(directory, 'htpasswd'), HTPASSWD)
  const stops: (() => Promise<void>)[] = []
  return {
    directory,
    async start(auth) {
      const [port = 0] = await findFreePorts(1, new Set())
      const config = join(directory, `config-${port}.yml`)
      await writeFile(config, configText(directory, port, auth))
      const child = spawn(program, ['serve', config], {stdio: 'ignore'})
      const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
      stops.push(async () => {
        child.kill()
        await ended
      })
      const url = `${auth.kind === 'tls' ? 'https' : 'http'}://127.0.0.1:${port}`
      await untilItListens(port)
      return url
    },
    async stop() {
      await Promise.all(stops.map(stop => stop()))
      await rm(directory, {recursive: true, force: true})
    },
  }
}

function configText(directory: string, port: number, auth: Auth): string {
  const addr = `127.0.0.1:${port}`
  const tls = {certificate: `${signer}.crt`, key: `${signer}.key`}
  return stringify({
    version: 0.1,
    log: {level: 'error', accesslog: {disabled: true}},
    storage: {filesystem: {rootdirectory: join(directory, 'data')}, delete: {enabled: true}},
    http: auth.kind === 'tls' ? {addr, tls} : {addr},
    ...authText(directory, auth),
  })
}

function authText(directory: string, auth: Auth): object {
  if (auth.kind === 'password') return {auth: {htpasswd: {realm: 'test', path: join(directory, 'htpasswd')}}}
  if (auth.kind !== 'token') return {}
  const {realm} = auth
  return {auth: {token: {realm, service: SERVICE, issuer: 'test', rootcertbundle: `${signer}.crt`}}}
}

async function untilItListens(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const isUp = await fetch(`http://127.0.0.1:${port}/v2/`).then(
      () => true,
      () => false,
    )
    if (isUp) return
    await sleep(50)
  }
  throw new Error(`no registry at ${port}`)
}

export type Heard = {method: string | undefined; url: string; authorization: string | undefined; body: string}

/** A small server for what no real registry can be told to do, and what it was asked. */
export async function withServer(
  listener: RequestListener,
  run: (url: string, heard: Heard[]) => Promise<void>,
): Promise<void> {
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then(body => {
      const {method, url = '', headers} = request
      heard.push({method, url, authorization: headers.authorization, body})
      listener(request, response)
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  try {
    await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

/** A token as distribution takes it: signed by a certificate of its bundle. */
export async function pullToken(repository: string): Promise<string> {
  const certificates = (await readFile(`${signer}.crt`, 'utf8')).match(/-----BEGIN[^]+?END CERTIFICATE-----/g)
  const x5c = (certificates ?? []).map(pem => new X509Certificate(pem).raw.toString('base64'))
  const nowS = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'test',
    sub: USER,
    aud: SERVICE,
    iat: nowS,
    nbf: nowS - 10,
    exp: nowS + 300,
    jti: 'test',
    access: [{type: 'repository', name: repository, actions: ['pull']}],
  }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({typ: 'JWT', alg: 'RS256', x5c})}.${part(claims)}`
  const key = await readFile(`${signer}.key`, 'utf8')
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key).toString('base64url')}`
}
