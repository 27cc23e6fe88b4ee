import {exec} from '../tools/exec.ts'
import type {ClusterNodes} from './cluster-up.ts'
import {CLUSTERS, type Cluster} from './names.ts'
import type {SandboxPaths} from './paths.ts'
import type {ProcessSpec} from './processes.ts'
import {chooseNumbers, realNodes} from './real-node.ts'
import {gate} from './real-node-processes.ts'
import {makeNode} from './real-node-up.ts'
import type {NodesState, SandboxState} from './state.ts'
import type {NodeToolPaths} from './tools.ts'

export type NodesSetting = {
  paths: SandboxPaths
  state: SandboxState
  tools: NodeToolPaths | undefined
  start: (spec: ProcessSpec) => Promise<void>
}

/** What the nodes of a new sandbox are: real ones get numbers that nobody on this machine has. */
export async function planNodes(kind: NodesState['kind']): Promise<NodesState> {
  if (kind === 'simulated') return {kind}
  const said = await Promise.all([exec('ip', ['-oneline', 'address']), exec('ip', ['route'])])
  const links = await exec('ip', ['-oneline', 'link'])
  const [staging = 1, eqiad = 2, codfw = 3] = chooseNumbers(
    CLUSTERS.length,
    [...said, links].map(each => each.stdout).join('\n'),
  )
  return {kind, numbers: {staging, eqiad, codfw}}
}

/** The nodes of each cluster; real ones are made, and reach their API server and the registry once these answer. */
export async function prepareNodes(setting: NodesSetting): Promise<(cluster: Cluster) => ClusterNodes> {
  const {paths, state, tools, start} = setting
  const {nodes, ports} = state
  if (nodes.kind === 'simulated' || tools === undefined) return () => ({kind: 'simulated'})
  const all = realNodes(nodes.numbers, paths)
  const made = await Promise.all(all.map(node => makeNode(paths, node, start)))
  await start(gate(all, node => [ports.clusters[node.cluster].api, ports.registry]))
  return cluster => {
    const ofCluster = made.find(each => each.node.cluster === cluster)
    return ofCluster === undefined ? {kind: 'simulated'} : {kind: 'real', made: ofCluster, tools}
  }
}
