import {access, constants} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {DeployError} from '../errors.ts'
import {readHierarchies, trackingHierarchy} from './cgroups.ts'
import type {Env, SandboxPaths} from './paths.ts'

/** What real nodes are made of, beside what is built here, and the Debian package each is in. */
const NEEDED: readonly {program: string; packageName: string}[] = [
  {program: 'containerd', packageName: 'containerd'},
  {program: 'ctr', packageName: 'containerd'},
  {program: 'runc', packageName: 'runc'},
  {program: '/usr/lib/cni/bridge', packageName: 'containernetworking-plugins'},
  {program: 'iptables', packageName: 'iptables'},
  {program: 'conntrack', packageName: 'conntrack'},
  {program: 'ip', packageName: 'iproute2'},
  {program: 'nsenter', packageName: 'util-linux'},
]
/** Programs of a node look here whatever the PATH says. */
const SYSTEM_PATH = ['/usr/sbin', '/usr/bin', '/sbin', '/bin']
/** What a node covers with places of its own. */
const COVERED = ['/run', '/var/lib', '/var/log']

export type Machine = {
  platform: string
  isRoot: boolean
  /** Programs of NEEDED that are not there. */
  missing: readonly string[]
  hasCgroups: boolean
}

/** @throws DeployError when real nodes cannot run here, naming what has to be done about it. */
export async function requireRealNodes(paths: SandboxPaths, env: Env): Promise<void> {
  const why = refusalOf(await lookAtMachine(env), paths.dir)
  if (why === undefined) return
  throw new DeployError('usage', `start real nodes: ${why.problem}`, {hint: why.cure})
}

/** What keeps real nodes from running on this machine, in a word for people; undefined when nothing does. */
export async function realNodesRefusal(env: Env): Promise<string | undefined> {
  const why = refusalOf(await lookAtMachine(env), '')
  return why && `${why.problem} (${why.cure})`
}

/** Pure: what is wrong, and the cure. */
export function refusalOf(machine: Machine, dir: string): {problem: string; cure: string} | undefined {
  const simulated = 'or leave out --nodes: simulated nodes need none of this'
  if (machine.platform !== 'linux')
    return {problem: 'they are processes of Linux', cure: `Use a Linux machine, ${simulated}`}
  if (!machine.isRoot) return {problem: 'they need root', cure: `Run it as root, ${simulated}`}
  if (machine.missing.length > 0) {
    const packages = NEEDED.filter(each => machine.missing.includes(each.program)).map(
      each => each.packageName,
    )
    return {
      problem: `there is no ${machine.missing.join(', no ')}`,
      cure: `apt-get install --no-install-recommends ${[...new Set(packages)].join(' ')}`,
    }
  }
  if (!machine.hasCgroups)
    return {problem: 'no cgroups are mounted', cure: `Mount them at /sys/fs/cgroup, ${simulated}`}
  const covered = COVERED.find(place => `${dir}/`.startsWith(`${place}/`))
  if (covered !== undefined)
    return {
      problem: `the sandbox lies in ${dir}, and a node has its own ${covered}`,
      cure: 'Set XDG_STATE_HOME to another place',
    }
  return undefined
}

async function lookAtMachine(env: Env): Promise<Machine> {
  const there = await Promise.all(NEEDED.map(({program}) => isThere(program, env)))
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    missing: NEEDED.filter((_each, index) => !there[index]).map(({program}) => program),
    hasCgroups: trackingHierarchy(await readHierarchies()) !== undefined,
  }
}

async function isThere(program: string, env: Env): Promise<boolean> {
  const dirs = [...SYSTEM_PATH, ...(env.PATH ?? '').split(delimiter)]
  const places = program.startsWith('/') ? [program] : dirs.map(dir => join(dir, program))
  const found = await Promise.all(
    places.map(place =>
      access(place, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}
