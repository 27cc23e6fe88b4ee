import {mkdir, readFile, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError, ToolError} from '../errors.ts'
import {exec} from '../tools/exec.ts'
import {makeCgroup, procsFile, readHierarchies, trackingHierarchy} from './cgroups.ts'
import type {SandboxPaths} from './paths.ts'
import {logPath, logTail, type ProcessSpec, runningProcess} from './processes.ts'
import type {RealNode} from './real-node.ts'
import {endNode} from './real-node-end.ts'
import {type NodeAccess, nodeFiles, PAUSE_IMAGE, SOCKET, writeNodeFiles} from './real-node-files.ts'
import {containerd, type Enter, entering, holder, kubelet, kubeProxy} from './real-node-processes.ts'
import type {NodeToolPaths} from './tools.ts'

type Start = (spec: ProcessSpec) => Promise<void>
/** A node that has its network and mounts, and nothing running in it yet. */
export type EmptyNode = {node: RealNode; enter: Enter; holderPid: number}

const READY_TIMEOUT_MS = 20_000
const POLL_MS = 20

/** Give a node its network, mounts and cgroup. */
export async function makeNode(paths: SandboxPaths, node: RealNode, start: Start): Promise<EmptyNode> {
  const tracking = trackingHierarchy(await readHierarchies())
  if (tracking === undefined) throw new DeployError('usage', `start ${node.name}: no cgroups are mounted`)
  await mkdir(node.dir, {recursive: true, mode: 0o700})
  const spec = holder(node, () => endNode(node).then(() => {}))
  await start(spec)
  const holderPid = await waitForHolder(paths, spec.name)
  await makeCgroup(node.cgroup)
  await mkdir(join(procsFile(tracking, node.cgroup), '..'), {recursive: true})
  await layCable(node, holderPid)
  return {node, enter: entering(node, tracking, holderPid), holderPid}
}

/** Start what makes it a node, and wait until its kubelet can make containers. */
export async function furnishNode(
  paths: SandboxPaths,
  {node, enter, holderPid}: EmptyNode,
  access: NodeAccess,
  tools: NodeToolPaths,
  start: Start,
): Promise<void> {
  await writeNodeFiles(node, access)
  const runtime = containerd(node, enter)
  await start(runtime)
  await waitFor(paths, runtime.name, () => isThere(`/proc/${holderPid}/root${SOCKET}`))
  await pullPauseImage(node, holderPid)
  await Promise.all([start(kubelet(node, enter, tools)), start(kubeProxy(node, enter, tools))])
}

/** It becomes `sleep` when the node is made; before that it is still the script that makes it. */
async function waitForHolder(paths: SandboxPaths, name: string): Promise<number> {
  let pid = 0
  await waitFor(paths, name, async () => {
    pid = (await runningProcess(paths, name))?.pid ?? 0
    return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')) === 'sleep\n'
  })
  return pid
}

/** The cable between this machine and the node, with an address at each end, and the way to the node's pods. */
async function layCable(node: RealNode, holderPid: number): Promise<void> {
  const {link, hostAddress, address, podNet} = node
  const inside = (...args: string[]) => ['nsenter', '--target', String(holderPid), '--net', 'ip', ...args]
  const isLaid = await isThere(`/sys/class/net/${link}`)
  const commands = [
    ...(isLaid
      ? []
      : [['ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(holderPid)]]),
    ['ip', 'address', 'replace', `${hostAddress}/30`, 'dev', link],
    ['ip', 'link', 'set', link, 'up'],
    inside('address', 'replace', `${address}/30`, 'dev', 'eth0'),
    inside('link', 'set', 'eth0', 'up'),
    inside('route', 'replace', 'default', 'via', hostAddress),
    ['ip', 'route', 'replace', podNet, 'via', address],
  ]
  for (const command of commands) await run(command, `connect the node ${node.name}`)
}

/** Before the first pod, so that a registry that is down later keeps no container from being made for this. */
async function pullPauseImage(node: RealNode, holderPid: number): Promise<void> {
  const ctr = ['nsenter', '--target', String(holderPid), '--net', '--mount', 'ctr', '--address', SOCKET]
  const images = [...ctr, '--namespace', 'k8s.io', 'images']
  const doing = `pull ${PAUSE_IMAGE} to ${node.name}`
  const listed = await run([...images, 'list', '--quiet'], doing)
  if (listed.split('\n').includes(PAUSE_IMAGE)) return
  await run([...images, 'pull', '--hosts-dir', nodeFiles(node).registries, PAUSE_IMAGE], doing)
}

async function run([program = '', ...args]: readonly string[], doing: string): Promise<string> {
  const result = await exec(program, args, {timeoutMs: 30_000})
  if (!result.failed) return result.stdout
  throw new ToolError('unreachable', `${doing}: ${program} said: ${result.stderr.trim()}`, {
    tool: program,
    toolExitCode: result.exitCode,
    stderrTail: result.stderr.slice(-2000),
    hint: 'deploy sandbox down and deploy sandbox up --nodes real start the nodes afresh',
  })
}

async function waitFor(paths: SandboxPaths, name: string, isReady: () => Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < untilMs) {
    if (await isReady()) return
    if (!(await runningProcess(paths, name))) break
    await sleep(POLL_MS)
  }
  const said = await logTail(paths, name)
  throw new DeployError('unreachable', `start ${name}: it did not become ready\n${said}`, {
    hint: `See ${logPath(paths, name)}; deploy sandbox down --purge and deploy sandbox up start afresh`,
  })
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
