import {DeployError} from '../errors.ts'
import {CLUSTERS} from './names.ts'
import type {SandboxPaths} from './paths.ts'
import {readIfPresent, writePrivate} from '../tools/own-files.ts'
import {LAST_NUMBER} from './real-node.ts'
import * as v from 'valibot'

const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))
const ClusterPorts = v.object({api: Port, nodes: Port})

const NodeNumber = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LAST_NUMBER))

/** What stands for the machines of a cluster. Real nodes have a number each, from which their addresses follow. */
const Nodes = v.variant('kind', [
  v.object({kind: v.literal('simulated')}),
  v.object({
    kind: v.literal('real'),
    numbers: v.object({staging: NodeNumber, eqiad: NodeNumber, codfw: NodeNumber}),
  }),
])

const StateSchema = v.object({
  version: v.literal(1),
  name: v.string(),
  createdAt: v.string(),
  chartsDir: v.string(),
  nodes: Nodes,
  ports: v.object({
    etcd: Port,
    etcdPeer: Port,
    charts: Port,
    // 0: none chosen yet, in a sandbox from before there was a registry.
    registry: v.optional(v.union([Port, v.literal(0)]), 0),
    clusters: v.object({staging: ClusterPorts, eqiad: ClusterPorts, codfw: ClusterPorts}),
  }),
})

export type SandboxState = v.InferOutput<typeof StateSchema>
export type NodesState = SandboxState['nodes']
export type SandboxPorts = SandboxState['ports']

/** What is recorded of a sandbox; undefined when it was never up. */
export async function readState(paths: SandboxPaths): Promise<SandboxState | undefined> {
  const text = await readIfPresent(paths.state)
  if (text === undefined) return undefined
  const parsed = v.safeParse(StateSchema, parseJson(text))
  if (parsed.success) return parsed.output
  throw new DeployError('bad-config', `read ${paths.state}: ${parsed.issues[0].message}`, {
    hint: 'It is from another version or damaged: deploy sandbox down --purge removes this sandbox',
  })
}

export async function writeState(paths: SandboxPaths, state: SandboxState): Promise<void> {
  await writePrivate(paths.state, `${JSON.stringify(state, null, 2)}\n`)
}

/** Every port with a short name of who listens there. */
export function listPorts(ports: SandboxPorts): {owner: string; port: number}[] {
  return [
    {owner: 'etcd', port: ports.etcd},
    {owner: 'etcd', port: ports.etcdPeer},
    {owner: 'charts', port: ports.charts},
    {owner: 'registry', port: ports.registry},
    ...CLUSTERS.flatMap(cluster => [
      {owner: `kube-apiserver-${cluster}`, port: ports.clusters[cluster].api},
      {owner: 'nodes', port: ports.clusters[cluster].nodes},
    ]),
  ]
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
