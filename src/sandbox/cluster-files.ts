import {generateKeyPairSync, randomBytes} from 'node:crypto'
import {mkdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import type {ApiAccess} from './api.ts'
import {kubeconfigText} from './kubeconfig.ts'
import type {Cluster} from './names.ts'
import type {SandboxPaths} from './paths.ts'
import {readIfPresent, writeIfMissing, writePrivate} from '../tools/own-files.ts'
import type {NodeAccess} from './real-node-files.ts'
import type {SandboxPorts} from './state.ts'

/** The users of a cluster, of which nearly all may do everything. Each part has its own, so that audit logs tell them apart. */
const MASTERS = [
  'admin',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'nodes',
  'kubelet',
  'kube-proxy',
] as const
export type Master = (typeof MASTERS)[number]

/** What an API server reads when it starts: the key that signs tokens, and the tokens of its masters. */
export async function prepareCluster(paths: SandboxPaths, cluster: Cluster): Promise<void> {
  const dir = paths.cluster(cluster)
  await mkdir(dir, {recursive: true, mode: 0o700})
  const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
  await writeIfMissing(
    join(dir, 'service-account.key'),
    privateKey.export({type: 'sec1', format: 'pem'}).toString(),
  )
  const lines = MASTERS.map(
    user => `${randomBytes(24).toString('hex')},sandbox:${user},${user},"${groupOf(user)}"\n`,
  )
  await writeIfMissing(join(dir, 'tokens.csv'), lines.join(''))
}

/** A kubelet may do what kubelets may, and its requests wait with those of others: nothing makes a master's wait. */
function groupOf(user: Master): string {
  return user === 'kubelet' ? 'system:nodes' : 'system:masters'
}

/** How a master reaches a cluster; undefined before the API server has made its certificate. */
export async function accessAs(
  master: Master,
  cluster: Cluster,
  paths: SandboxPaths,
  ports: SandboxPorts,
): Promise<ApiAccess | undefined> {
  const dir = paths.cluster(cluster)
  const ca = await readIfPresent(join(dir, 'apiserver.crt'))
  const tokens = await readIfPresent(join(dir, 'tokens.csv'))
  const token = tokens === undefined ? undefined : tokenOf(master, tokens)
  if (!ca || token === undefined) return undefined
  return {server: `https://127.0.0.1:${ports.clusters[cluster].api}`, ca, token}
}

/** What the programs of a real node have to know of its cluster. */
export async function nodeAccess(
  cluster: Cluster,
  paths: SandboxPaths,
  ports: SandboxPorts,
): Promise<NodeAccess> {
  const [kubelet, proxy] = await Promise.all(
    (['kubelet', 'kube-proxy'] as const).map(user => accessAs(user, cluster, paths, ports)),
  )
  return {
    ca: kubelet?.ca ?? '',
    apiPort: ports.clusters[cluster].api,
    registryPort: ports.registry,
    tokens: {kubelet: kubelet?.token ?? '', 'kube-proxy': proxy?.token ?? ''},
  }
}

/** Write the kubeconfigs of the cluster's own parts, and the administrator's. */
export async function writeMasterConfigs(
  paths: SandboxPaths,
  ports: SandboxPorts,
  cluster: Cluster,
): Promise<void> {
  const dir = paths.cluster(cluster)
  const ca = await readFile(join(dir, 'apiserver.crt'), 'utf8')
  for (const master of MASTERS) {
    const access = await accessAs(master, cluster, paths, ports)
    if (!access) continue
    const text = kubeconfigText({cluster, server: access.server, ca, user: master, token: access.token})
    await writePrivate(master === 'admin' ? paths.adminConfig(cluster) : join(dir, `${master}.config`), text)
  }
}

/** The token of a master, in the text of a token file. */
export function tokenOf(master: Master, csv: string): string | undefined {
  return csv
    .split('\n')
    .map(line => line.split(','))
    .find(fields => fields[2] === master)?.[0]
}
