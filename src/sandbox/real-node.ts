import {join} from 'node:path'
import {CLUSTERS, type Cluster} from './names.ts'
import {nodeNames} from './objects.ts'
import type {SandboxPaths} from './paths.ts'

/** A node with a real kubelet. Its number, which no other sandbox of this machine has, decides all its addresses. */
export type RealNode = {
  cluster: Cluster
  number: number
  name: string
  dir: string
  /** Addresses of the two ends of the cable between this machine and the node. */
  hostAddress: string
  address: string
  podNet: string
  /** This machine's end of the cable. */
  link: string
  /** The path of its cgroup in every hierarchy. */
  cgroup: string
}

export const LAST_NUMBER = 250

/** The node of each cluster, by the numbers recorded. */
export function realNodes(numbers: Readonly<Record<Cluster, number>>, paths: SandboxPaths): RealNode[] {
  return CLUSTERS.map(cluster => realNode(cluster, numbers[cluster], paths))
}

/** Networks of 10.77 and 10.78, and names, for the node with a number from 1 to LAST_NUMBER. */
export function realNode(cluster: Cluster, number: number, paths: SandboxPaths): RealNode {
  return {
    cluster,
    number,
    name: nodeNames(cluster)[0] ?? cluster,
    dir: join(paths.dir, 'nodes', cluster),
    hostAddress: `10.77.${number}.1`,
    address: `10.77.${number}.2`,
    podNet: `10.78.${number}.0/24`,
    link: `deploy-n${number}`,
    cgroup: `deploy-node-${number}`,
  }
}

/** Numbers whose networks and names nothing on this machine has, chosen from what it says of its links and routes. */
export function chooseNumbers(count: number, linksAndRoutes: string): number[] {
  const isTaken = (number: number) =>
    new RegExp(`\\b10\\.7[78]\\.${number}\\.|\\bdeploy-n${number}\\b`).test(linksAndRoutes)
  const all = Array.from({length: LAST_NUMBER}, (_unused, index) => index + 1)
  return all.filter(number => !isTaken(number)).slice(0, count)
}
