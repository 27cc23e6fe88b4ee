import {createHash} from 'node:crypto'
import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {parseAllDocuments} from 'yaml'
import {DeployError} from '../errors.ts'
import {type Api, openApi} from './api.ts'
import {accessAs, nodeAccess, writeMasterConfigs} from './cluster-files.ts'
import {apiServer, controllers, kwok, processNames} from './components.ts'
import {ensureNamespace} from './identities.ts'
import type {Cluster} from './names.ts'
import {type KubeObject, pathOf, simulatedNodes} from './objects.ts'
import {MANIFESTS_DIR, type SandboxPaths} from './paths.ts'
import {writePrivate} from '../tools/own-files.ts'
import {logPath, logTail, type ProcessSpec, runningProcess} from './processes.ts'
import {type EmptyNode, furnishNode} from './real-node-up.ts'
import {stagesText} from './stages.ts'
import type {SandboxPorts} from './state.ts'
import type {NodeToolPaths, ToolPaths} from './tools.ts'

type Setting = {
  paths: SandboxPaths
  ports: SandboxPorts
  tools: ToolPaths
  namespaces: string[]
  nodes: ClusterNodes
  /** Starts a process unless it runs already. */
  start: (spec: ProcessSpec) => Promise<void>
}

/** Nodes that kwok plays, or a real one that is made and waits for its programs. */
export type ClusterNodes = {kind: 'simulated'} | {kind: 'real'; made: EmptyNode; tools: NodeToolPaths}

const READY_TIMEOUT_MS = 90_000
const POLL_MS = 100

/** Bring one cluster up: API server, what everyone has there, controllers, nodes. Repairs what is only half there. */
export async function clusterUp(cluster: Cluster, setting: Setting): Promise<void> {
  const {paths, ports, tools, start} = setting
  await start(apiServer(cluster, paths, ports, tools))
  const api = await waitForApi(cluster, setting)
  try {
    await writeMasterConfigs(paths, ports, cluster)
    await Promise.all([
      ...controllers(cluster, paths, ports, tools).map(spec => start(spec)),
      startNodes(cluster, api, setting),
      furnish(cluster, api, setting),
    ])
    await waitForNodes(cluster, api, setting)
  } finally {
    api.close()
  }
}

async function startNodes(cluster: Cluster, api: Api, setting: Setting): Promise<void> {
  const {paths, ports, tools, nodes, start} = setting
  if (nodes.kind === 'real') {
    const access = await nodeAccess(cluster, paths, ports)
    return furnishNode(paths, nodes.made, access, nodes.tools, start)
  }
  // A new kwok would leave its nodes alone until the leases of the one before it have run out.
  const beforeStart = () => api.remove('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases')
  await start(kwok(cluster, paths, ports, tools, {stagesFile: await writeStages(paths), beforeStart}))
}

async function waitForApi(cluster: Cluster, {paths, ports}: Setting): Promise<Api> {
  const name = `kube-apiserver-${cluster}`
  const untilMs = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < untilMs) {
    const access = await accessAs('admin', cluster, paths, ports)
    if (access) {
      const api = openApi(access)
      if (await api.isReady()) return api
      api.close()
    }
    if (!(await runningProcess(paths, name))) break
    await sleep(POLL_MS)
  }
  throw await notReady(paths, name, `start the cluster ${cluster}: its API server did not become ready`)
}

/** Kinds, roles, nodes and namespaces. */
async function furnish(
  cluster: Cluster,
  api: Api,
  {paths, ports, namespaces, nodes}: Setting,
): Promise<void> {
  const access = await accessAs('admin', cluster, paths, ports)
  if (!access) return
  const objects = [
    ...(await manifests('crds.yaml')),
    ...(await manifests('cluster-roles.yaml')),
    ...(nodes.kind === 'simulated' ? simulatedNodes(cluster) : []),
  ]
  await Promise.all(objects.map(object => api.apply(pathOf(object), object)))
  const place = {api, cluster, server: access.server, ca: access.ca, paths}
  await Promise.all(namespaces.map(namespace => ensureNamespace(namespace, place)))
}

async function waitForNodes(cluster: Cluster, api: Api, {paths, nodes}: Setting): Promise<void> {
  const names = processNames(cluster, nodes.kind)
  const untilMs = performance.now() + READY_TIMEOUT_MS
  let dead: string | undefined
  while (performance.now() < untilMs && !dead) {
    if (await hasReadyNodes(api)) return
    await sleep(POLL_MS)
    dead = await findDead(paths, names)
  }
  const name = dead ?? names.at(-1) ?? cluster
  throw await notReady(
    paths,
    name,
    `start the cluster ${cluster}: ${dead ? `${dead} ended` : 'its nodes did not become ready'}`,
  )
}

/** Ready nodes whose leases are kept: what a node said before the sandbox was down does not count. */
async function hasReadyNodes(api: Api): Promise<boolean> {
  const [nodes, leases] = await Promise.all([
    api.get<{items: KubeNode[]}>('/api/v1/nodes'),
    api.get<{items: KubeNode[]}>('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'),
  ])
  const kept = new Set(leases.items.map(lease => lease.metadata.name))
  return (
    nodes.items.length > 0 && nodes.items.every(node => isNodeReady(node) && kept.has(node.metadata.name))
  )
}

async function findDead(paths: SandboxPaths, names: readonly string[]): Promise<string | undefined> {
  const running = await Promise.all(names.map(name => runningProcess(paths, name)))
  return names.find((_name, index) => !running[index])
}

type KubeNode = {metadata: {name: string}; status?: {conditions?: {type: string; status: string}[]}}

function isNodeReady(node: KubeNode): boolean {
  return node.status?.conditions?.some(({type, status}) => type === 'Ready' && status === 'True') ?? false
}

async function manifests(file: string): Promise<KubeObject[]> {
  const text = await readFile(join(MANIFESTS_DIR, file), 'utf8')
  return parseAllDocuments(text).map(document => document.toJS() as KubeObject)
}

/** The name holds the content's digest, so that other stages restart kwok and the same do not. */
async function writeStages(paths: SandboxPaths): Promise<string> {
  const text = stagesText()
  const file = join(
    paths.dir,
    'clusters',
    `stages-${createHash('sha256').update(text).digest('hex').slice(0, 10)}.yaml`,
  )
  await writePrivate(file, text)
  return file
}

async function notReady(paths: SandboxPaths, name: string, message: string): Promise<DeployError> {
  return new DeployError('unreachable', `${message}\n${await logTail(paths, name)}`, {
    hint: `See ${logPath(paths, name)}; deploy sandbox down --purge and deploy sandbox up start afresh`,
  })
}
