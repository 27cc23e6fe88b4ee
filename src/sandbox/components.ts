import {join} from 'node:path'
import {CLUSTERS, type Cluster} from './names.ts'
import {type SandboxPaths, sandboxScript} from './paths.ts'
import type {ProcessSpec} from './processes.ts'
import type {SandboxPorts} from './state.ts'
import type {ToolPaths} from './tools.ts'

const HOST = '127.0.0.1'
/** Long enough that an identity outlives any sandbox. */
export const TOKEN_SECONDS = 10 * 365 * 24 * 3600

/** The processes all clusters share. */
export const SHARED_PROCESSES = ['etcd', 'charts', 'registry', 'nodes'] as const

/** The processes of one cluster, by the names they are recorded under. */
export function processNames(cluster: Cluster): string[] {
  return ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'].map(
    name => `${name}-${cluster}`,
  )
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
    `--service-cluster-ip-range=10.${serviceNet(cluster)}.0.0/16`,
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
  kwok: {stagesFile: string; beforeKwok: () => Promise<void>},
): ProcessSpec[] {
  const dir = paths.cluster(cluster)
  const server = `https://${HOST}:${ports.clusters[cluster].api}`
  const client = (component: string) => [
    `--kubeconfig=${join(dir, `${component}.config`)}`,
    `--master=${server}`,
  ]
  const alone = ['--leader-elect=false', '--secure-port=0', '--kube-api-qps=200', '--kube-api-burst=400']
  return [
    {
      name: `kube-controller-manager-${cluster}`,
      program: tools['kube-controller-manager'],
      args: [
        ...client('kube-controller-manager'),
        ...alone,
        `--service-account-private-key-file=${join(dir, 'service-account.key')}`,
        `--root-ca-file=${join(dir, 'apiserver.crt')}`,
      ],
    },
    {
      name: `kube-scheduler-${cluster}`,
      program: tools['kube-scheduler'],
      args: [...client('kube-scheduler'), ...alone],
    },
    {
      name: `kwok-${cluster}`,
      program: tools.kwok,
      beforeStart: kwok.beforeKwok,
      args: [
        ...client('kwok'),
        `--config=${kwok.stagesFile}`,
        // Only nodes that say they are simulated: real kubelets may join the cluster.
        '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
        // Without leases the node controller takes such a node, and all its pods, for dead after 40 s.
        '--node-lease-duration-seconds=40',
        `--node-ip=${HOST}`,
        `--node-port=${ports.clusters[cluster].nodes}`,
        `--server-address=${HOST}:0`,
        `--cidr=10.${serviceNet(cluster) + 100}.0.1/16`,
      ],
    },
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

function serviceNet(cluster: Cluster): number {
  return 64 + CLUSTERS.indexOf(cluster)
}
