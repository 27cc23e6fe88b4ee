import {readdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {afterAll, describe, expect, inject, test} from 'vitest'
import {readHierarchies} from '../../src/sandbox/cgroups.ts'
import {sandboxDown} from '../../src/sandbox/down.ts'
import {PACKAGE_ROOT, sandboxPaths} from '../../src/sandbox/paths.ts'
import {realNodes} from '../../src/sandbox/real-node.ts'
import {readState} from '../../src/sandbox/state.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'
import {exec} from '../../src/tools/exec.ts'
import {testSandbox} from '../e2e/test-sandbox.ts'

const refusal = inject('nodesRefusal')
const NAME = `${testSandbox()}-life`
const paths = sandboxPaths(NAME, process.env)

describe.skipIf(refusal !== '')('a sandbox with real nodes', () => {
  afterAll(() => down(true))

  test('runs a service of the example, and leaves nothing when it goes down', async () => {
    await down(true)
    await sandboxUp({name: NAME, env: process.env, nodes: 'real', report: () => {}})
    const deployed = await deploy('service', 'echo', '-e', 'staging', '--yes')
    expect(deployed.stderr + deployed.stdout).toContain('echo is deployed and healthy in staging')
    expect(deployed.exitCode).toBe(0)
    expect(await fetchText(`http://${await podAddress()}:8080/healthz`)).toContain('wikimedia/echo')
    expect((await deploy('logs', 'echo', '-e', 'staging')).stdout).toContain('listening on port 8080')

    const nodes = await nodesOf()
    const before = await leftovers(nodes)
    expect(before.cgroups.length).toBeGreaterThan(0)
    expect(before.processes.length).toBeGreaterThan(10)
    expect(before.links).toHaveLength(3)
    await down(false)
    expect(await leftovers(nodes)).toEqual({cgroups: [], processes: [], links: [], mounts: [], routes: []})
  })

  test('is refused with other nodes than it was made with', async () => {
    const options = {name: NAME, env: process.env, nodes: 'simulated', report: () => {}} as const
    await expect(sandboxUp(options)).rejects.toThrow(/it was made with real ones/)
  })
})

type Nodes = Awaited<ReturnType<typeof nodesOf>>

async function nodesOf() {
  const state = await readState(paths)
  return state?.nodes.kind === 'real' ? realNodes(state.nodes.numbers, paths) : []
}

async function leftovers(nodes: Nodes) {
  const isLeft = async (path: string) => ((await stat(path).catch(() => undefined)) ? [path] : [])
  const cgroupPaths = (await readHierarchies()).flatMap(({dir}) => nodes.map(node => join(dir, node.cgroup)))
  const routes = (await exec('ip', ['route'])).stdout.split('\n')
  return {
    cgroups: (await Promise.all(cgroupPaths.map(isLeft))).flat(),
    links: (await Promise.all(nodes.map(({link}) => isLeft(`/sys/class/net/${link}`)))).flat(),
    routes: routes.filter(line =>
      nodes.some(({hostAddress, podNet}) => line.includes(podNet) || line.includes(hostAddress)),
    ),
    mounts: (await readFile('/proc/self/mountinfo', 'utf8'))
      .split('\n')
      .filter(line => line.includes(paths.dir)),
    processes: await processesOf(nodes),
  }
}

/** Those that name the sandbox's directory, and those in the cgroups of its nodes: the containers. */
async function processesOf(nodes: Nodes): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async pid => {
      const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
      const [command, cgroups] = await Promise.all([read('cmdline'), read('cgroup')])
      // One that has ended, and that init has not collected yet, has no command any more.
      if (command === '') return []
      const isOurs =
        command.includes(`${paths.dir}/`) || nodes.some(node => cgroups.includes(`/${node.cgroup}/`))
      return isOurs ? [command.replaceAll('\0', ' ')] : []
    }),
  )
  return found.flat()
}

function deploy(...args: string[]) {
  const env = {DEPLOY_SANDBOX: NAME, NO_COLOR: '1'}
  const cwd = join(PACKAGE_ROOT, 'deployment-charts-example')
  return exec(join(PACKAGE_ROOT, 'bin', 'deploy'), args, {cwd, env, timeoutMs: 120_000})
}

async function podAddress(): Promise<string> {
  const args = ['get', 'pods', '--namespace', 'echo', '--output', 'jsonpath={.items[0].status.podIP}']
  const config = ['--kubeconfig', paths.adminConfig('staging')]
  return (await exec(join(paths.bin, 'kubectl'), [...config, ...args])).stdout
}

async function fetchText(url: string): Promise<string> {
  return (await fetch(url)).text()
}

async function down(purge: boolean): Promise<void> {
  await sandboxDown({name: NAME, env: process.env, purge, report: () => {}})
}
