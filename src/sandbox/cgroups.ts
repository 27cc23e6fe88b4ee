import {mkdir, readdir, readFile, rmdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

/** A tree of cgroups: one for every controller (version 1), or one for all (version 2). */
export type Hierarchy = {dir: string; version: 1 | 2; controllers: readonly string[]}

const END_TIMEOUT_MS = 10_000
const POLL_MS = 50

/** The trees of cgroups this machine has mounted, from the text of /proc/self/mountinfo. */
export function hierarchiesIn(mountInfo: string): Hierarchy[] {
  return mountInfo.split('\n').flatMap(line => {
    const [, dir, type, options = ''] = /^(?:\S+ ){4}(\S+) .* - (cgroup2?) \S+ (\S+)/.exec(line) ?? []
    if (dir === undefined) return []
    return [{dir, version: type === 'cgroup2' ? 2 : 1, controllers: options.split(',')} as const]
  })
}

export async function readHierarchies(): Promise<Hierarchy[]> {
  return hierarchiesIn(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''))
}

/** The tree in which a node's processes are counted: each of them is in a cgroup below the node's own. */
export function trackingHierarchy(hierarchies: readonly Hierarchy[]): Hierarchy | undefined {
  return (
    hierarchies.find(({controllers}) => controllers.includes('pids')) ??
    hierarchies.find(({version}) => version === 2)
  )
}

/** Make a cgroup in every tree; containers get theirs below it. */
export async function makeCgroup(name: string): Promise<void> {
  for (const {dir, version, controllers} of await readHierarchies()) {
    const made = join(dir, name)
    if (version === 2) await enableControllers(dir)
    await mkdir(made, {recursive: true})
    if (version === 2) await enableControllers(made)
    // A new one has none, and no process can be put into it before it has.
    if (controllers.includes('cpuset')) {
      for (const file of ['cpuset.cpus', 'cpuset.mems'])
        await writeFile(join(made, file), await readFile(join(dir, file)))
    }
  }
}

/** End every process in a cgroup and below, and take the cgroup away. Says how many processes there were. */
export async function endCgroup(name: string): Promise<number> {
  const hierarchies = await readHierarchies()
  const ended = new Set<number>()
  const untilMs = performance.now() + END_TIMEOUT_MS
  for (;;) {
    const cgroups = await Promise.all(hierarchies.map(({dir}) => cgroupsBelow(join(dir, name))))
    const pids = (await Promise.all(cgroups.flat().map(processesIn))).flat()
    for (const pid of pids) {
      ended.add(pid)
      kill(pid)
    }
    const isGone = pids.length === 0 && (await removeAll(cgroups.flat()))
    if (isGone || performance.now() > untilMs) return ended.size
    await sleep(POLL_MS)
  }
}

/** The file a process writes its pid to, to be in the part of a node's cgroup that is not for containers. */
export function procsFile({dir}: Hierarchy, name: string): string {
  return join(dir, name, 'node', 'cgroup.procs')
}

// For those of a machine with version 2 only; what is not there cannot be enabled, and need not.
async function enableControllers(dir: string): Promise<void> {
  const text = await readFile(join(dir, 'cgroup.controllers'), 'utf8').catch(() => '')
  for (const controller of text.trim().split(' ').filter(Boolean))
    await writeFile(join(dir, 'cgroup.subtree_control'), `+${controller}`).catch(() => {})
}

/** The deepest first. */
async function cgroupsBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, {withFileTypes: true}).catch(() => undefined)
  if (entries === undefined) return []
  const below = entries.filter(entry => entry.isDirectory()).map(entry => cgroupsBelow(join(dir, entry.name)))
  return [...(await Promise.all(below)).flat(), dir]
}

async function processesIn(cgroup: string): Promise<number[]> {
  const text = await readFile(join(cgroup, 'cgroup.procs'), 'utf8').catch(() => '')
  // 0 stands for a process that cannot be seen from here; as an argument to kill it would mean ourselves.
  return text
    .split('\n')
    .map(Number)
    .filter(pid => pid > 1)
}

async function removeAll(cgroups: readonly string[]): Promise<boolean> {
  let isGone = true
  for (const cgroup of cgroups) {
    await rmdir(cgroup).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') isGone = false
    })
  }
  return isGone
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
