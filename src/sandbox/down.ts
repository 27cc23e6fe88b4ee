import {rm} from 'node:fs/promises'
import {sandboxLock, withLock} from './lock.ts'
import {type Env, type SandboxPaths, sandboxPaths} from './paths.ts'
import {recordedProcesses, stopProcess} from './processes.ts'
import {realNodes} from './real-node.ts'
import {endNode} from './real-node-end.ts'
import {readState} from './state.ts'

export type DownOptions = {name: string; env: Env; purge?: boolean; report: (line: string) => void}

const LOCK_WAIT_MS = 60_000

/** End what this sandbox started, and nothing else; with purge, forget all it held. */
export async function sandboxDown({name, env, purge, report}: DownOptions): Promise<number> {
  const paths = sandboxPaths(name, env)
  const ended = await withLock(sandboxLock(paths), LOCK_WAIT_MS, () => endAll(paths))
  if (purge) await rm(paths.dir, {recursive: true, force: true})
  report(`sandbox ${name} is down: ${ended} processes ended${purge ? `, ${paths.dir} removed` : ''}`)
  return ended
}

async function endAll(paths: SandboxPaths): Promise<number> {
  const stopped = await stopAll(paths)
  // A state that cannot be read must not keep a purge from its work; its nodes then stay for the next `up` to end.
  const state = await readState(paths).catch(() => undefined)
  if (state?.nodes.kind !== 'real') return stopped
  const left = await Promise.all(realNodes(state.nodes.numbers, paths).map(endNode))
  return left.reduce((sum, count) => sum + count, stopped)
}

/** First those that talk to the API servers, then these, then what keeps their data. */
async function stopAll(paths: SandboxPaths): Promise<number> {
  const names = await recordedProcesses(paths)
  const isServer = (name: string) => name.startsWith('kube-apiserver-')
  const groups = [
    names.filter(name => !isServer(name) && name !== 'etcd'),
    names.filter(isServer),
    names.filter(name => name === 'etcd'),
  ]
  for (const group of groups) await Promise.all(group.map(name => stopProcess(paths, name)))
  return names.length
}
