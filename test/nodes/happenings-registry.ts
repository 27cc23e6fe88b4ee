import {type ChildProcess, spawn} from 'node:child_process'
import {mkdir, writeFile} from 'node:fs/promises'
import {connect, createServer} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {stringify} from 'yaml'
import {mirrorText, nodeFiles} from '../../src/sandbox/real-node-files.ts'
import {pushToSandbox, registryUrl} from '../../src/sandbox/registry.ts'
import {ensureTools} from '../../src/sandbox/tools.ts'
import type {Hook} from './case-repository.ts'
import {nodesSandbox} from './case-sandbox.ts'
import {type Happening, stagingNode, state, until} from './happening.ts'

export async function deleteImage(): Promise<Hook> {
  const digest = await pushToSandbox(nodesSandbox().name, process.env, 'cases/deleted:1')
  const url = `${registryUrl((await state()).ports)}/v2/cases/deleted/manifests/${digest}`
  const script = `fetch(${JSON.stringify(url)}, {method: 'DELETE'}).then(({status}) => process.exit(status === 202 ? 0 : 1))`
  return {command: process.execPath, args: ['-e', script]}
}

/** A second docker-registry, which knows nobody. */
export async function privateRegistry(): Promise<Happening> {
  const {hostAddress} = await stagingNode()
  const dir = join(nodesSandbox().dir, 'private-registry')
  const config = {
    version: 0.1,
    log: {level: 'error', accesslog: {disabled: true}},
    storage: {filesystem: {rootdirectory: join(dir, 'data')}},
    http: {addr: `${hostAddress}:5001`},
    auth: {htpasswd: {realm: 'cases', path: join(dir, 'users')}},
  }
  let running: ChildProcess | undefined
  return {
    async begin() {
      await mkdir(dir, {recursive: true})
      await writeFile(join(dir, 'users'), '')
      await writeFile(join(dir, 'config.yml'), stringify(config))
      const {registry} = await ensureTools(process.env, () => {})
      running = spawn(registry, ['serve', join(dir, 'config.yml')], {stdio: 'ignore'})
      await mirror('private.registry.test', `http://${hostAddress}:5001`)
    },
    async end() {
      running?.kill()
    },
  }
}

/** Nothing listens until 8 s after the node has been refused. */
export async function lateRegistry(): Promise<Happening> {
  const {hostAddress} = await stagingNode()
  const {ports} = await state()
  const server = createServer(near => {
    const far = connect(ports.registry, '127.0.0.1')
    near.pipe(far).pipe(near)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
  })
  return {
    begin: () => mirror('late.registry.test', `http://${hostAddress}:5002`),
    async during(latest) {
      await until(() => /connection refused/.test(JSON.stringify(latest().pods)))
      await sleep(8000)
      server.listen(5002, hostAddress)
    },
    async end() {
      server.close()
    },
  }
}

async function mirror(host: string, url: string): Promise<void> {
  const dir = join(nodeFiles(await stagingNode()).registries, host)
  await mkdir(dir, {recursive: true})
  await writeFile(join(dir, 'hosts.toml'), mirrorText(url))
}
