import {copyFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import {chartsServer, publishCharts, registerRepository} from './chart-repository.ts'
import {EXAMPLE_CHARTS, findChartsTree, readNamespaces} from './charts-tree.ts'
import {prepareCluster} from './cluster-files.ts'
import {clusterUp} from './cluster-up.ts'
import {etcd, nodesServer, processNames, sharedProcesses} from './components.ts'
import {refuseDeployHost} from './host-guard.ts'
import {writeHostFiles} from './host-files.ts'
import {sandboxLock, withLock} from './lock.ts'
import {CLUSTERS, type Cluster} from './names.ts'
import {planNodes, prepareNodes} from './nodes-up.ts'
import {type Env, MANIFESTS_DIR, type SandboxPaths, sandboxPaths} from './paths.ts'
import {findFreePorts, isPortFree} from './ports.ts'
import {ensureProcess, type ProcessSpec, runningProcess} from './processes.ts'
import {requireRealNodes} from './real-requirements.ts'
import {registryUp} from './registry.ts'
import {
  listPorts,
  type NodesState,
  readState,
  type SandboxPorts,
  type SandboxState,
  writeState,
} from './state.ts'
import {ensureNodeTools, ensureTools} from './tools.ts'

export type UpOptions = {
  name: string
  env: Env
  chartsDir?: string | undefined
  force?: boolean
  /** Said only of a new sandbox; else what it was made with. */
  nodes?: NodesState['kind'] | undefined
  report: (line: string) => void
}

// A first `up` builds the tools: whoever comes second waits for that.
const LOCK_WAIT_MS = 20 * 60_000

/** Bring a sandbox up: start what is missing, leave what runs, repair what died. */
export async function sandboxUp(options: UpOptions): Promise<SandboxState> {
  if (!options.force) await refuseDeployHost()
  const paths = sandboxPaths(options.name, options.env)
  const before = await readState(paths)
  const nodes = options.nodes ?? before?.nodes.kind ?? 'simulated'
  refuseOtherNodes(paths, before, nodes)
  if (nodes === 'real') await requireRealNodes(paths, options.env)
  const tree = await findChartsTree(options.chartsDir ?? before?.chartsDir ?? EXAMPLE_CHARTS)
  const namespaces = await readNamespaces(tree)
  return withLock(sandboxLock(paths), LOCK_WAIT_MS, () => up({...options, nodes}, paths, tree, namespaces))
}

/** What ran on nodes of one kind would be lost, and nobody told. */
function refuseOtherNodes(
  {name}: SandboxPaths,
  before: SandboxState | undefined,
  wanted: NodesState['kind'],
): void {
  if (before === undefined || before.nodes.kind === wanted) return
  throw new DeployError(
    'usage',
    `start the sandbox ${name} with ${wanted} nodes: it was made with ${before.nodes.kind} ones`,
    {
      hint: `deploy sandbox down --purge, then up; or another sandbox: DEPLOY_SANDBOX=${name}-${wanted} deploy sandbox up --nodes ${wanted}`,
    },
  )
}

async function up(
  options: UpOptions & {nodes: NodesState['kind']},
  paths: SandboxPaths,
  tree: string,
  namespaces: string[],
): Promise<SandboxState> {
  const {report} = options
  const tools = await ensureTools(options.env, report)
  const nodeTools = options.nodes === 'real' ? await ensureNodeTools(options.env, report) : undefined
  const startedMs = performance.now()
  const elapsed = () => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
  const wasUp = await isUp(paths, options.nodes)
  if (!wasUp) report(`start the sandbox ${paths.name}: clusters ${CLUSTERS.join(', ')} (about 10 s) …`)
  const state = await planState(paths, tree, options.nodes)
  const {ports} = state
  await Promise.all(CLUSTERS.map(cluster => prepareCluster(paths, cluster)))
  await copyFile(join(MANIFESTS_DIR, 'audit-policy.yaml'), paths.auditPolicy)
  let started = 0
  const start = async (spec: ProcessSpec) => {
    if (await ensureProcess(paths, spec)) started += 1
  }
  await start(etcd(paths, ports, tools))

  const nodesOf = await prepareNodes({paths, state, tools: nodeTools, start})
  const registry = async () => {
    const pushed = await registryUp(paths, ports, tools, start, nodeTools?.demo)
    if (pushed > 0) report(`registry: ${pushed} images of the example pushed`)
  }
  // Real nodes fetch an image before they are ready.
  const registryIsUp = registry()
  if (state.nodes.kind === 'real') await registryIsUp
  const cluster = async (name: Cluster) => {
    await clusterUp(name, {paths, ports, tools, namespaces, nodes: nodesOf(name), start})
    if (!wasUp) report(`cluster ${name} is ready after ${elapsed()}`)
  }
  const charts = async () => {
    const packaged = await publishCharts(paths, tree, tools['helm3.19'])
    await registerRepository(paths, ports)
    await start(chartsServer(paths, ports))
    if (packaged > 0)
      report(
        `chart repository wmf-stable: ${packaged === 1 ? '1 chart' : `${packaged} charts`} packaged from ${tree}`,
      )
  }
  const host = () => writeHostFiles(paths, tree, tools, ports)
  await Promise.all([...CLUSTERS.map(cluster), charts(), registryIsUp, host()])
  if (state.nodes.kind === 'simulated') await start(nodesServer(paths, ports))
  report(
    wasUp && started === 0
      ? `sandbox ${paths.name} was up already`
      : `sandbox ${paths.name} is up after ${elapsed()}`,
  )
  return state
}

async function isUp(paths: SandboxPaths, nodes: NodesState['kind']): Promise<boolean> {
  const names = [...sharedProcesses(nodes), ...CLUSTERS.flatMap(cluster => processNames(cluster, nodes))]
  const running = await Promise.all(names.map(name => runningProcess(paths, name)))
  return running.every(Boolean)
}

/** What is recorded, with new ports for those that somebody else has taken meanwhile. */
async function planState(
  paths: SandboxPaths,
  chartsDir: string,
  nodes: NodesState['kind'],
): Promise<SandboxState> {
  const before = await readState(paths)
  const state: SandboxState = {
    version: 1,
    name: paths.name,
    createdAt: before?.createdAt ?? new Date().toISOString(),
    chartsDir,
    nodes: before?.nodes ?? (await planNodes(nodes)),
    ports: before ? await keepPorts(before.ports, paths) : await choosePorts(),
  }
  await writeState(paths, state)
  return state
}

async function choosePorts(): Promise<SandboxPorts> {
  const [etcdPort = 0, etcdPeer = 0, charts = 0, registry = 0, ...rest] = await findFreePorts(
    4 + 2 * CLUSTERS.length,
    new Set(),
  )
  const pair = (index: number) => ({api: rest[2 * index] ?? 0, nodes: rest[2 * index + 1] ?? 0})
  const clusters = {staging: pair(0), eqiad: pair(1), codfw: pair(2)}
  return {etcd: etcdPort, etcdPeer, charts, registry, clusters}
}

async function keepPorts(ports: SandboxPorts, paths: SandboxPaths): Promise<SandboxPorts> {
  const listed = listPorts(ports)
  const taken = new Set(listed.map(({port}) => port))
  const replaced = new Map<number, number>()
  for (const {owner, port} of listed) {
    const isChosen = port !== 0
    if (isChosen && ((await runningProcess(paths, owner)) || (await isPortFree(port)))) continue
    const [fresh = port] = await findFreePorts(1, taken)
    taken.add(fresh)
    replaced.set(port, fresh)
  }
  return JSON.parse(JSON.stringify(ports), (_key, value: unknown) =>
    typeof value === 'number' ? (replaced.get(value) ?? value) : value,
  ) as SandboxPorts
}
