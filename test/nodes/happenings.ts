import {type ChildProcess, spawn} from 'node:child_process'
import {mkdir, writeFile} from 'node:fs/promises'
import {connect, createServer} from 'node:net'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {stringify} from 'yaml'
import type {Snapshot} from '../../src/rollout/verdict.ts'
import {stopProcess} from '../../src/sandbox/processes.ts'
import {type RealNode, realNodes} from '../../src/sandbox/real-node.ts'
import {mirrorText, nodeFiles} from '../../src/sandbox/real-node-files.ts'
import {pushToSandbox, registryUrl} from '../../src/sandbox/registry.ts'
import {readState, type SandboxState} from '../../src/sandbox/state.ts'
import {ensureTools} from '../../src/sandbox/tools.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'
import {exec} from '../../src/tools/exec.ts'
import type {Hook} from './case-repository.ts'
import {container, deployment} from './case-objects.ts'
import {kubectl} from './case-run.ts'
import {nodesSandbox} from './case-sandbox.ts'

/** What happens around a case: before it is deployed, while it is, and afterwards. */
export type Happening = {
  /** The release's own hook runs it right before helm writes: after the plan, and before the pull. */
  hook?: Hook
  begin?(): Promise<void>
  during?(latest: () => Snapshot): Promise<void>
  end?(): Promise<void>
}

/** By the case's name; most are about the namespace that it is deployed to. */
export const HAPPENINGS: Readonly<Record<string, (namespace: string) => Promise<Happening>>> = {
  'missing-tag': async () => ({hook: await deleteImage()}),
  'unauthorised-registry': privateRegistry,
  'registry-down-8s': lateRegistry,
  'node-appears': lateNode,
  'fix-forward': async namespace => ({begin: () => installCrashing(namespace)}),
  'evicted-pod': async () => ({during: evictPod}),
  'certificate-refused': async namespace => ({during: latest => refuseCertificate(namespace, latest)}),
}

/** What happens to a node or a registry happens to all who are deployed meanwhile. */
export const SHARED_HAPPENINGS: ReadonlySet<string> = new Set(['registry-down-8s', 'node-appears'])

async function state(): Promise<SandboxState> {
  const found = await readState(nodesSandbox())
  if (found === undefined) throw new Error('the sandbox is not up')
  return found
}

async function stagingNode(): Promise<RealNode> {
  const {nodes} = await state()
  const found = nodes.kind === 'real' ? realNodes(nodes.numbers, nodesSandbox())[0] : undefined
  if (found === undefined) throw new Error('the sandbox has no real nodes')
  return found
}

async function deleteImage(): Promise<Hook> {
  const digest = await pushToSandbox(nodesSandbox().name, process.env, 'cases/deleted:1')
  const url = `${registryUrl((await state()).ports)}/v2/cases/deleted/manifests/${digest}`
  const script = `fetch(${JSON.stringify(url)}, {method: 'DELETE'}).then(({status}) => process.exit(status === 202 ? 0 : 1))`
  return {command: process.execPath, args: ['-e', script]}
}

/** A second docker-registry, which knows nobody. */
async function privateRegistry(): Promise<Happening> {
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
async function lateRegistry(): Promise<Happening> {
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

/** The only node of a cluster goes away with its kubelet, and comes back 5 s after the scheduler has found none. */
async function lateNode(): Promise<Happening> {
  const {name} = nodesSandbox()
  return {
    async begin() {
      await stopProcess(nodesSandbox(), 'kubelet-codfw')
      await kubectl('codfw', ['delete', 'nodes', '--all'])
    },
    async during(latest) {
      await until(() => /Unschedulable/.test(JSON.stringify(latest().pods)))
      await sleep(5000)
      await sandboxUp({name, env: process.env, report: () => {}})
    },
  }
}

/** As a drained node does it. */
async function evictPod(latest: () => Snapshot): Promise<void> {
  await until(() => latest().pods.some(pod => pod.status?.phase === 'Running'))
  const {name, namespace} = latest().pods[0]?.metadata ?? {name: ''}
  const eviction = {apiVersion: 'policy/v1', kind: 'Eviction', metadata: {name, namespace}}
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
  await kubectl('staging', ['create', '--raw', path, '--filename', '-'], JSON.stringify(eviction))
}

/** What cert-manager writes when its issuer does not want to. */
async function refuseCertificate(namespace: string, latest: () => Snapshot): Promise<void> {
  await until(() => latest().workloads.some(({kind}) => kind === 'Certificate'))
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'Failed',
    message: 'The issuer does not sign for demo.test',
    observedGeneration: 1,
    lastTransitionTime: new Date().toISOString(),
  }
  const patch = JSON.stringify({status: {conditions: [condition]}})
  const where = ['--namespace', namespace, '--subresource', 'status', '--type', 'merge']
  await kubectl('staging', ['patch', 'certificate', 'demo', ...where, '--patch', patch])
}

/** By helm alone, which waits for nothing: deploy would have gone back by now. */
async function installCrashing(namespace: string): Promise<void> {
  const {bin, charts, deployConfig} = nodesSandbox()
  const values = JSON.stringify({objects: [deployment(container('crash'))]})
  const chart = join(charts, 'case-0.1.0.tgz')
  const config = deployConfig(namespace, 'staging')
  const args = [
    'upgrade',
    '--install',
    'main',
    chart,
    '--namespace',
    namespace,
    '--kubeconfig',
    config,
    '--values',
    '-',
  ]
  const installed = await exec(join(bin, 'helm3.19'), args, {input: values})
  if (installed.failed) throw new Error(installed.stderr)
  await sleep(5000)
}

async function mirror(host: string, url: string): Promise<void> {
  const dir = join(nodeFiles(await stagingNode()).registries, host)
  await mkdir(dir, {recursive: true})
  await writeFile(join(dir, 'hosts.toml'), mirrorText(url))
}

async function until(isSo: () => boolean, timeoutMs = 60_000): Promise<void> {
  const endMs = performance.now() + timeoutMs
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error('it never came')
    await sleep(50)
  }
}
