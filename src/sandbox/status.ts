import {type Api, openApi} from './api.ts'
import {accessAs} from './cluster-files.ts'
import {processNames, sharedProcesses} from './components.ts'
import {CLUSTERS, type Cluster} from './names.ts'
import {type Env, type SandboxPaths, sandboxPaths} from './paths.ts'
import {runningProcess} from './processes.ts'
import {answers, registryUrl} from './registry.ts'
import {readState, type SandboxState} from './state.ts'

export type ClusterStatus = {
  cluster: Cluster
  server: string
  state: 'up' | 'half-up' | 'down'
  /** Processes that should run and do not. */
  missing: string[]
  pods: {running: number; all: number} | undefined
}

export type SandboxStatus =
  | {kind: 'absent'; name: string}
  | {
      kind: 'present'
      name: string
      dir: string
      chartsDir: string
      createdAt: string
      nodes: 'simulated' | 'real'
      clusters: ClusterStatus[]
      registry: {url: string; state: 'up' | 'down'}
    }

/** What of a sandbox runs. Changes nothing. */
export async function sandboxStatus(name: string, env: Env): Promise<SandboxStatus> {
  const paths = sandboxPaths(name, env)
  const state = await readState(paths)
  if (!state) return {kind: 'absent', name}
  const [registry, ...clusters] = await Promise.all([
    answers(state.ports),
    ...CLUSTERS.map(cluster => clusterStatus(cluster, paths, state)),
  ])
  return {
    kind: 'present',
    name,
    dir: paths.dir,
    chartsDir: state.chartsDir,
    createdAt: state.createdAt,
    nodes: state.nodes.kind,
    clusters,
    registry: {url: registryUrl(state.ports), state: registry ? 'up' : 'down'},
  }
}

async function clusterStatus(
  cluster: Cluster,
  paths: SandboxPaths,
  state: SandboxState,
): Promise<ClusterStatus> {
  const own = processNames(cluster, state.nodes.kind)
  const names = [...sharedProcesses(state.nodes.kind), ...own]
  const running = await Promise.all(names.map(name => runningProcess(paths, name)))
  const missing = names.filter((_name, index) => !running[index])
  const server = `https://127.0.0.1:${state.ports.clusters[cluster].api}`
  if (own.every(name => missing.includes(name)))
    return {cluster, server, state: 'down', missing, pods: undefined}

  const pods = await countPods(cluster, paths, state)
  return {cluster, server, state: missing.length === 0 && pods ? 'up' : 'half-up', missing, pods}
}

async function countPods(
  cluster: Cluster,
  paths: SandboxPaths,
  state: SandboxState,
): Promise<ClusterStatus['pods']> {
  const access = await accessAs('admin', cluster, paths, state.ports)
  if (!access) return undefined
  const api: Api = openApi(access)
  try {
    const {items} = await api.get<{items: {status?: {phase?: string}}[]}>('/api/v1/pods')
    return {running: items.filter(pod => pod.status?.phase === 'Running').length, all: items.length}
  } catch {
    return undefined
  } finally {
    api.close()
  }
}
