import {join} from 'node:path'
import type {Master} from './cluster-files.ts'
import {CLUSTERS, type Cluster} from './names.ts'
import {type SandboxPaths, sandboxScript} from './paths.ts'
import type {ProcessSpec} from './processes.ts'
import {realNodeProcesses} from './real-node-processes.ts'
import type {NodesState, SandboxPorts} from './state.ts'
import type {ToolPaths} from './tools.ts'

const HOST = '127.0.0.1'
/** Long enough that an identity outlives any sandbox. */
export const TOKEN_SECONDS = 10 * 365 * 24 * 3600

type NodesKind = NodesState['kind']

/** The processes all clusters share: what stands between them and their nodes is one of them. */
export function sharedProcesses(nodes: NodesKind): string[] {
  return ['etcd', 'charts', 'registry', nodes === 'real' ? 'gate' : 'nodes']
}

/** The processes of one cluster, by the names they are recorded under. */
export function processNames(cluster: Cluster, nodes: NodesKind): string[] {
  const control = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
  const names = control.map(name => `${name}-${cluster}`)
  return [...names, ...(nodes === 'real' ? realNodeProcesses(cluster) : [`kwok-${cluster}`])]
}

export function etcd(paths: SandboxPaths, ports: SandboxPorts, tools: ToolPaths): ProcessSpec {
  const client = `http://${HOST}:${ports.etcd}`
  const peer = `http://${HOST}:${ports.etcdPeer}`
  const args = [
    '--name=sandbox',
    `--data-dir=${paths.etcdData}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=sandbox=${peer}`,
    // Nothing here is worth waiting for a disk.
    '--unsafe-no-fsync',
    '--quota-backend-bytes=4294967296',
    '--auto-compaction-retention=10m',
    '--log-level=warn',
  ]
  return {name: 'etcd', program: tools.etcd, args}
}

export function apiServer(
  cluster: Cluster,
  paths: SandboxPaths,
  ports: SandboxPorts,
  tools: ToolPaths,
): ProcessSpec {
  const dir = paths.cluster(cluster)
  const key = join(dir, 'service-account.key')
  const args = [
    `--etcd-servers=http://${HOST}:${ports.etcd}`,
    `--etcd-prefix=/${cluster}`,
    `--bind-address=${HOST}`,
    `--secure-port=${ports.clusters[cluster].api}`,
    `--cert-dir=${dir}`,
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    `--service-account-issuer=https://${cluster}.sandbox`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--service-account-max-token-expiration=${TOKEN_SECONDS}s`,
    '--service-account-extend-token-expiration=false',
    `--service-cluster-ip-range=${serviceNet(cluster)}`,
    // Wikimedia's charts use node ports such as 4001.
    '--service-node-port-range=1-65535',
    // It refuses to announce itself at a loopback address, and nothing here asks for that.
    '--endpoint-reconciler-type=none',
    '--kubelet-preferred-address-types=InternalIP',
    '--allow-privileged=true',
    '--profiling=false',
    `--audit-policy-file=${paths.auditPolicy}`,
    `--audit-log-path=${paths.auditLog(cluster)}`,
    '--audit-log-maxsize=50',
    '--audit-log-maxbackup=2',
  ]
  return {name: `kube-apiserver-${cluster}`, program: tools['kube-apiserver'], args}
}

/** What a cluster needs beside its API server, once that answers. */
export function controllers(
  cluster: Cluster,
  paths: SandboxPaths,
  ports: SandboxPorts,
  tools: ToolPaths,
): ProcessSpec[] {
  const dir = paths.cluster(cluster)
  const alone = ['--leader-elect=false', '--secure-port=0', '--kube-api-qps=200', '--kube-api-burst=400']
  return [
    {
      name: `kube-controller-manager-${cluster}`,
      program: tools['kube-controller-manager'],
      args: [
        ...client('kube-controller-manager', cluster, paths, ports),
        ...alone,
        `--service-account-private-key-file=${join(dir, 'service-account.key')}`,
        `--root-ca-file=${join(dir, 'apiserver.crt')}`,
      ],
    },
    {
      name: `kube-scheduler-${cluster}`,
      program: tools['kube-scheduler'],
      args: [...client('kube-scheduler', cluster, paths, ports), ...alone],
    },
  ]
}

/** What plays the kubelets of simulated nodes. */
export function kwok(
  cluster: Cluster,
  paths: SandboxPaths,
  ports: SandboxPorts,
  tools: ToolPaths,
  {stagesFile, beforeStart}: {stagesFile: string; beforeStart: () => Promise<void>},
): ProcessSpec {
  return {
    name: `kwok-${cluster}`,
    program: tools.kwok,
    beforeStart,
    args: [
      ...client('kwok', cluster, paths, ports),
      `--config=${stagesFile}`,
      // Only nodes that say they are simulated: a test may add one to a cluster with real ones.
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      // Without leases the node controller takes such a node, and all its pods, for dead after 40 s.
      '--node-lease-duration-seconds=40',
      `--node-ip=${HOST}`,
      `--node-port=${ports.clusters[cluster].nodes}`,
      `--server-address=${HOST}:0`,
      `--cidr=10.${164 + CLUSTERS.indexOf(cluster)}.0.1/16`,
    ],
  }
}

function client(component: Master, cluster: Cluster, paths: SandboxPaths, ports: SandboxPorts): string[] {
  return [
    `--kubeconfig=${join(paths.cluster(cluster), `${component}.config`)}`,
    `--master=https://${HOST}:${ports.clusters[cluster].api}`,
  ]
}

/** What answers for the logs of simulated pods, on every cluster. */
export function nodesServer(paths: SandboxPaths, ports: SandboxPorts): ProcessSpec {
  const script = sandboxScript('nodes-server')
  const args = CLUSTERS.flatMap(cluster => {
    const {api, nodes} = ports.clusters[cluster]
    return [paths.cluster(cluster), String(api), String(nodes)]
  })
  return {name: 'nodes', program: process.execPath, args: [script, ...args]}
}

/** Addresses of the cluster's Services. */
function serviceNet(cluster: Cluster): string {
  return `10.${64 + CLUSTERS.indexOf(cluster)}.0.0/16`
}
