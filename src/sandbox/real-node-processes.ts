import {join} from 'node:path'
import {procsFile, type Hierarchy} from './cgroups.ts'
import {CLUSTERS, type Cluster} from './names.ts'
import {placeLabels} from './objects.ts'
import {PACKAGE_ROOT, sandboxScript} from './paths.ts'
import type {ProcessSpec} from './processes.ts'
import type {RealNode} from './real-node.ts'
import {nodeFiles} from './real-node-files.ts'
import type {NodeToolPaths} from './tools.ts'

const script = (name: string) => join(PACKAGE_ROOT, 'sandbox', name)

/** What a real node consists of, by the names its processes are recorded under. */
export function realNodeProcesses(cluster: Cluster): string[] {
  return ['node', 'containerd', 'kubelet', 'kube-proxy'].map(name => `${name}-${cluster}`)
}

/** Keeps a node's network and mounts as long as it runs. */
export function holder(node: RealNode, beforeStart: () => Promise<void>): ProcessSpec {
  // What is mounted in the node is not seen outside; the other way round it is.
  const args = ['--net', '--mount', '--propagation', 'slave', '--', 'sh', script('node.sh'), node.dir]
  return {name: `node-${node.cluster}`, program: 'unshare', args, beforeStart}
}

/** Becomes a program in the node: argument by argument, so that the pid recorded is the program's. */
export type Enter = (name: string, program: string, args: readonly string[]) => ProcessSpec

/** Arguments hold the pid of the holder: programs of a node that is no more are started anew in the next. */
export function entering(node: RealNode, tracking: Hierarchy, holderPid: number): Enter {
  return (name, program, args) => ({
    name: `${name}-${node.cluster}`,
    program: 'sh',
    args: [script('in-node.sh'), String(holderPid), procsFile(tracking, node.cgroup), program, ...args],
  })
}

export function containerd(node: RealNode, enter: Enter): ProcessSpec {
  return enter('containerd', 'containerd', ['--config', nodeFiles(node).containerd])
}

export function kubelet(node: RealNode, enter: Enter, tools: NodeToolPaths): ProcessSpec {
  const files = nodeFiles(node)
  const labels = Object.entries(placeLabels(node.name, node.cluster)).map(pair => pair.join('='))
  return enter('kubelet', tools.kubelet, [
    `--config=${files.kubelet}`,
    `--kubeconfig=${files.kubeletAccess}`,
    `--hostname-override=${node.name}`,
    `--node-ip=${node.address}`,
    `--node-labels=${labels.join(',')}`,
  ])
}

export function kubeProxy(node: RealNode, enter: Enter, tools: NodeToolPaths): ProcessSpec {
  return enter('kube-proxy', tools['kube-proxy'], [`--config=${nodeFiles(node).proxy}`])
}

/** Hands what nodes ask at their end of the cable to the API servers and the registry, which listen at the loopback. */
export function gate(nodes: readonly RealNode[], ports: (node: RealNode) => readonly number[]): ProcessSpec {
  const places = nodes.flatMap(node => ports(node).map(port => `${node.hostAddress}:${port}`))
  return {name: 'gate', program: process.execPath, args: [sandboxScript('gate'), ...places]}
}

export const REAL_PROCESSES = [...CLUSTERS.flatMap(realNodeProcesses), 'gate']
