import {rm, readFile, writeFile} from 'node:fs/promises'
import {createServer, type Server} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {sandboxDown} from '../../src/sandbox/down.ts'
import {refuseDeployHost} from '../../src/sandbox/host-guard.ts'
import {CLUSTERS} from '../../src/sandbox/names.ts'
import {sandboxPaths} from '../../src/sandbox/paths.ts'
import {isPortFree} from '../../src/sandbox/ports.ts'
import {recordedProcesses, runningProcess} from '../../src/sandbox/processes.ts'
import {listPorts, readState} from '../../src/sandbox/state.ts'
import {sandboxStatus} from '../../src/sandbox/status.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'
import {exec} from '../../src/tools/exec.ts'

// A first run builds the tools, which takes minutes.
const FIRST_UP_TIMEOUT_MS = 40 * 60_000
const STEP_TIMEOUT_MS = 120_000
const NAME = 'test-sandbox'
const paths = sandboxPaths(NAME, process.env)

// The parts follow each other, as a day with the sandbox does.
describe('sandbox', {timeout: STEP_TIMEOUT_MS}, () => {
  beforeAll(async () => {
    await down(true)
    await up()
  }, FIRST_UP_TIMEOUT_MS)
  afterAll(async () => {
    await down(true)
  }, STEP_TIMEOUT_MS)

  test('all clusters are up', async () => {
    expect(await states()).toEqual(['up', 'up', 'up'])
  })

  test('a deployer may what it may in production, and no more', async () => {
    const created = await kubectl(
      'shop-deploy-staging',
      'create',
      'deployment',
      'web',
      '--image=registry/web:1',
    )
    expect(created.stderr).toBe('')
    const scaled = await kubectl('shop-deploy-staging', 'get', 'horizontalpodautoscalers')
    expect(scaled.stderr).toContain('Forbidden')
    expect((await kubectl('shop-deploy-staging', 'get', 'pods', '-n', 'echo')).stderr).toContain('Forbidden')
    expect((await kubectl('shop-staging', 'get', 'secrets')).stderr).toContain('Forbidden')
    expect((await kubectl('shop-staging', 'get', 'pods')).stderr).toBe('')

    const refused = (await auditEvents('staging')).filter(event => event.responseStatus?.code === 403)
    expect(refused.map(event => event.user.username)).toContain('system:serviceaccount:shop:deploy')
  })

  test('a token of one cluster is worth nothing in another', async () => {
    const config = await readFile(paths.deployConfig('shop', 'eqiad'), 'utf8')
    const token = /token: (\S+)/.exec(config)?.[1] ?? ''
    const result = await kubectl('shop-deploy-codfw', 'get', 'pods', `--token=${token}`)
    expect(result.stderr).toContain('must be logged in')
  })

  test('an ordinary image becomes ready, a crashing one goes round in circles and says why', async () => {
    await kubectl('shop-deploy-staging', 'create', 'deployment', 'bad', '--image=registry/web:2-crash')
    const rollout = await kubectl(
      'shop-deploy-staging',
      'rollout',
      'status',
      'deployment/web',
      '--timeout=30s',
    )
    expect(rollout.stdout).toContain('successfully rolled out')
    await expect.poll(() => waitingReason('app=bad'), {timeout: 20_000}).toBe('CrashLoopBackOff')
    const logs = await kubectl('shop-deploy-staging', 'logs', 'deployment/bad')
    expect(logs.stdout).toContain('the setting cache.servers is missing')
  })

  test('up again starts nothing', async () => {
    const before = await pids()
    const lines = await up()
    expect(lines).toEqual([`sandbox ${NAME} was up already`])
    expect(await pids()).toEqual(before)
  })

  test('up repairs what died, and takes no other process for its own', async () => {
    const scheduler = await runningProcess(paths, 'kube-scheduler-eqiad')
    process.kill(scheduler?.pid ?? Number.NaN, 'SIGKILL')
    const kwok = await runningProcess(paths, 'kwok-codfw')
    process.kill(kwok?.pid ?? Number.NaN, 'SIGKILL')
    // As after a reboot: the pid is in use again, by somebody else.
    await writeFile(join(paths.run, 'kwok-codfw.pid'), `${process.pid} 1\n`)
    await expect.poll(states).toEqual(['up', 'half-up', 'half-up'])

    await up()
    expect(await states()).toEqual(['up', 'up', 'up'])
    const {stdout} = await kubectl('shop-deploy-staging', 'get', 'deployment', 'web', '-o', 'name')
    expect(stdout).toContain('web')
  })

  test('down ends everything it started; up finds another port when one is taken meanwhile, and all data', async () => {
    const before = await readState(paths)
    const ports = before ? listPorts(before.ports).map(({port}) => port) : []
    await down(false)
    expect(await recordedProcesses(paths)).toEqual([])
    expect(await Promise.all(ports.map(isPortFree))).toEqual(ports.map(() => true))

    const intruder = await listen(before?.ports.clusters.staging.api ?? 0)
    await up()
    expect(await states()).toEqual(['up', 'up', 'up'])
    expect((await readState(paths))?.ports.clusters.staging.api).not.toBe(before?.ports.clusters.staging.api)
    const {stdout} = await kubectl('shop-deploy-staging', 'get', 'deployment', 'web', '-o', 'name')
    expect(stdout).toContain('web')
    await new Promise(resolve => intruder.close(resolve))
  })

  test('helm pulls charts from wmf-stable', async () => {
    const target = join(tmpdir(), `deploy-pull-${process.pid}`)
    const env = {
      HELM_CONFIG_HOME: paths.helm.config,
      HELM_CACHE_HOME: paths.helm.cache,
      HELM_DATA_HOME: paths.helm.data,
    }
    const result = await exec(
      join(paths.bin, 'helm'),
      ['pull', 'wmf-stable/echo', '--untar', '--untardir', target],
      {env},
    )
    await rm(target, {recursive: true, force: true})
    expect(result.stderr).toBe('')
  })
})

test('a real deploy host is refused', async () => {
  await expect(refuseDeployHost([tmpdir()])).rejects.toThrow(/real deploy host/)
  await expect(refuseDeployHost(['/nowhere/at/all'])).resolves.toBeUndefined()
})

async function up(): Promise<string[]> {
  const lines: string[] = []
  await sandboxUp({name: NAME, env: process.env, report: line => lines.push(line)})
  return lines
}

async function down(purge: boolean): Promise<void> {
  await sandboxDown({name: NAME, env: process.env, purge, report: () => {}})
}

async function states(): Promise<string[]> {
  const status = await sandboxStatus(NAME, process.env)
  return status.kind === 'present' ? status.clusters.map(({state}) => state) : []
}

async function pids(): Promise<(number | undefined)[]> {
  const names = (await recordedProcesses(paths)).toSorted()
  return Promise.all(names.map(async name => (await runningProcess(paths, name))?.pid))
}

function kubectl(config: string, ...args: string[]) {
  const kubeconfig = join(paths.kubernetes, `${config}.config`)
  return exec(join(paths.bin, 'kubectl'), ['--kubeconfig', kubeconfig, ...args])
}

async function waitingReason(selector: string): Promise<string> {
  const path = 'jsonpath={.items[0].status.containerStatuses[0].state.waiting.reason}'
  return (await kubectl('shop-deploy-staging', 'get', 'pods', '-l', selector, '-o', path)).stdout
}

type AuditEvent = {user: {username: string}; responseStatus?: {code: number}}

async function auditEvents(cluster: (typeof CLUSTERS)[number]): Promise<AuditEvent[]> {
  await sleep(200)
  const lines = (await readFile(paths.auditLog(cluster), 'utf8')).trimEnd().split('\n')
  return lines.map(line => JSON.parse(line) as AuditEvent)
}

async function listen(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>(resolve => {
    server.listen(port, '127.0.0.1', () => resolve())
  })
  return server
}
