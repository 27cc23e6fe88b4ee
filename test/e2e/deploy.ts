import {spawn} from 'node:child_process'
import {EventEmitter, once} from 'node:events'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {Outcome} from '../../src/plan/outcome.ts'
import {PACKAGE_ROOT, sandboxPaths, type SandboxPaths} from '../../src/sandbox/paths.ts'
import {pushToSandbox} from '../../src/sandbox/registry.ts'
import {exec, type ExecResult} from '../../src/tools/exec.ts'
import {testSandbox} from './test-sandbox.ts'

export const CHARTS = join(PACKAGE_ROOT, 'deployment-charts-example')

/** The sandbox of this test run. */
export function sandbox(): SandboxPaths {
  return sandboxPaths(testSandbox(), process.env)
}

export type Ran = ExecResult & {
  /** The words that were said, both streams. */
  said: string
}

/** Run the built tool as a user would, on the sandbox of this test run. */
export async function deploy(
  args: readonly string[],
  options: {cwd?: string; env?: Record<string, string>; timeoutMs?: number} = {},
): Promise<Ran> {
  const result = await exec(join(PACKAGE_ROOT, 'bin', 'deploy'), [...args], {
    cwd: options.cwd ?? CHARTS,
    env: {DEPLOY_SANDBOX: testSandbox(), NO_COLOR: '1', ...options.env},
    timeoutMs: options.timeoutMs ?? 170_000,
  })
  return {...result, said: `${result.stdout}\n${result.stderr}`}
}

/** The same with `--json`: the result document beside what was said. */
export async function deployJson(
  args: readonly string[],
  options: {cwd?: string; env?: Record<string, string>} = {},
) {
  const ran = await deploy([...args, '--json'], options)
  return {...ran, outcome: JSON.parse(ran.stdout) as Outcome}
}

/** The same where a test only begins with it, or cleans up. @throws Error with what was said when it did not end well */
export async function mustDeploy(...given: Parameters<typeof deployJson>): Promise<Outcome> {
  const {exitCode, outcome, said} = await deployJson(...given)
  if (exitCode !== 0) throw new Error(`deploy ${given[0].join(' ')} ended with ${exitCode}: ${said}`)
  return outcome
}

/** kubectl as the cluster's administrator. */
export async function kubectl(
  cluster: 'staging' | 'eqiad' | 'codfw',
  args: readonly string[],
): Promise<string> {
  const config = sandbox().adminConfig(cluster)
  const result = await exec(join(sandbox().bin, 'kubectl'), ['--kubeconfig', config, ...args])
  if (result.failed) throw new Error(`kubectl ${args.join(' ')}: ${result.stderr}`)
  return result.stdout
}

/** What helm holds as the newest manifest, in the deployer's eyes. */
export async function helm(
  cluster: 'staging' | 'eqiad' | 'codfw',
  namespace: string,
  args: readonly string[],
): Promise<string> {
  const config = sandbox().deployConfig(namespace, cluster)
  const result = await exec(join(sandbox().bin, 'helm3.19'), [
    '--kubeconfig',
    config,
    '--namespace',
    namespace,
    ...args,
  ])
  if (result.failed) throw new Error(`helm ${args.join(' ')}: ${result.stderr}`)
  return result.stdout
}

/** Plain helmfile as a person types it in the sandbox. */
export async function helmfile(
  service: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const result = await exec(join(sandbox().shell, 'helmfile'), [...args], {
    cwd: join(CHARTS, 'helmfile.d', 'services', service),
    env: {
      DEPLOY_SANDBOX: testSandbox(),
      PATH: `${sandbox().shell}:${sandbox().bin}:${process.env.PATH}`,
      ...env,
    },
    timeoutMs: 170_000,
  })
  return {...result, said: `${result.stdout}\n${result.stderr}`}
}

/** Pods' images of one release that are ready now: of the first container, or of the one called so. */
export async function readyImages(
  cluster: 'staging' | 'eqiad' | 'codfw',
  namespace: string,
  release: string,
  container?: string,
): Promise<string[]> {
  const text = await kubectl(cluster, [
    'get',
    'pods',
    '--namespace',
    namespace,
    '--selector',
    `release=${release}`,
    '--output',
    'json',
  ])
  const pods = JSON.parse(text).items as {
    metadata: {deletionTimestamp?: string}
    spec: {containers: {name: string; image: string}[]}
    status: {conditions?: {type: string; status: string}[]}
  }[]
  return pods
    .filter(pod => pod.metadata.deletionTimestamp === undefined)
    .filter(pod =>
      pod.status.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True'),
    )
    .map(({spec: {containers}}) => {
      const one = container === undefined ? containers[0] : containers.find(({name}) => name === container)
      return one?.image ?? ''
    })
}

/** Requests that an API server refused as forbidden, asked by a deployer's identity. */
export async function forbiddenRequests(
  cluster: 'staging' | 'eqiad' | 'codfw',
  sinceMs: number,
): Promise<string[]> {
  const lines = (await readFile(sandbox().auditLog(cluster), 'utf8'))
    .split('\n')
    .filter(line => line.includes('"code":403'))
  return lines
    .map(line => JSON.parse(line))
    .filter(
      entry =>
        Date.parse(entry.requestReceivedTimestamp) >= sinceMs && entry.user?.username?.endsWith(':deploy'),
    )
    .map(entry => `${entry.user.username} ${entry.verb} ${entry.requestURI}`)
}

/** A version nobody has used before, in the shape of Wikimedia's tags. */
export function newTag(flavour = 'production'): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
  return `${stamp}${Math.floor(Math.random() * 1000)}-${flavour}`
}

/** Put a tag of an image (`wikimedia/shop`) into the sandbox's registry, as a CI would before anyone deploys it. */
export async function pushTag(image: string, tag: string): Promise<string> {
  await pushToSandbox(testSandbox(), process.env, `${image}:${tag}`)
  return tag
}

/** A deployment that is under way, to be killed or signalled. */
export type Running = {
  pid: number
  /** SIGKILL for deploy alone: its children go on. */
  killAlone(): Promise<void>
  /** SIGKILL for everything it started: as when the host goes down. */
  killTree(): Promise<void>
  /** Resolves when it has said this. @throws Error when it ends before */
  says(word: string): Promise<void>
  /** Resolves when it has said so many lines, or has ended. */
  saysLines(count: number): Promise<void>
  /** So far. */
  said(): string
  ended: Promise<{exitCode: number | null; said: string}>
}

/** Start the built tool in a process group of its own, and do not wait for it. */
export function startDeploy(args: readonly string[], options: {env?: Record<string, string>} = {}): Running {
  const child = spawn(join(PACKAGE_ROOT, 'bin', 'deploy'), [...args], {
    cwd: CHARTS,
    env: {...process.env, DEPLOY_SANDBOX: testSandbox(), NO_COLOR: '1', ...options.env},
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const pid = child.pid ?? 0
  let said = ''
  const heard = new EventEmitter()
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      said += String(chunk)
      heard.emit('more')
    })
  const ended = once(child, 'close').then(([exitCode]) => ({exitCode: exitCode as number | null, said}))
  return {
    pid,
    ended,
    async says(word) {
      while (!said.includes(word)) {
        const isOver = await Promise.race([once(heard, 'more').then(() => false), ended.then(() => true)])
        if (isOver && !said.includes(word)) throw new Error(`it ended without saying ${word}: ${said}`)
      }
    },
    said: () => said,
    async saysLines(count) {
      const isOver = ended.then(() => true)
      while (said.split('\n').length <= count)
        if (await Promise.race([once(heard, 'more').then(() => false), isOver])) return
    },
    async killAlone() {
      if (child.exitCode === null) process.kill(pid, 'SIGKILL')
      await ended
    },
    async killTree() {
      // Its helmfiles and helms are in groups of their own, and are known by what they were given.
      if (child.exitCode !== null) return
      process.kill(pid, 'SIGSTOP')
      const pids = await descendantsOf(pid)
      for (const one of [pid, ...pids]) {
        try {
          process.kill(one, 'SIGKILL')
        } catch {
          // It has ended by itself.
        }
      }
      await ended
    },
  }
}

/** Children, their children and so on, as /proc tells. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const {stdout} = await exec('ps', ['-e', '-o', 'pid=,ppid='])
  const children = Map.groupBy(
    stdout
      .trim()
      .split('\n')
      .map(line => line.trim().split(/\s+/).map(Number)),
    ([, parent]) => parent,
  )
  const below = (parent: number): number[] =>
    (children.get(parent) ?? []).flatMap(([child = 0]) => [child, ...below(child)])
  return below(pid)
}
