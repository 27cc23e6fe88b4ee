import {readFile} from 'node:fs/promises'
import {dirname, resolve} from 'node:path'
import {parseHelmYaml} from '../diff/helm-yaml.ts'
import {DeployError} from '../errors.ts'

/** What one context of a kubeconfig says, files it points to read in. */
export type Kubeconfig = {
  path: string
  context: string
  server: string
  namespace: string | undefined
  caPem: string | undefined
  /** `insecure-skip-tls-verify` turns this off. */
  isServerVerified: boolean
  tlsServerName: string | undefined
  auth: ClusterAuth
}

export type ClusterAuth =
  | {kind: 'none'}
  | {kind: 'token'; token: string}
  /** Read again for each request: service account tokens are rotated under us. */
  | {kind: 'token-file'; path: string}
  | {kind: 'client-certificate'; certPem: string; keyPem: string}
  /** What only kubectl knows how to do (exec plugins, auth providers, proxies, impersonation). */
  | {kind: 'kubectl'; why: string}

/** Read one kubeconfig file; `$KUBECONFIG` and merging play no part. */
export async function readKubeconfig(path: string, options: {context?: string} = {}): Promise<Kubeconfig> {
  const config = parseConfig(path, await readConfigFile(path))
  const context = options.context ?? config['current-context'] ?? ''
  const contextEntry = pick(path, config, 'contexts', 'context', context)
  const cluster = pick(path, config, 'clusters', 'cluster', String(contextEntry.cluster ?? ''))
  const user = contextEntry.user ? pick(path, config, 'users', 'user', String(contextEntry.user)) : {}
  if (typeof cluster.server !== 'string' || !URL.canParse(cluster.server))
    throw broken(path, `its cluster "${contextEntry.cluster}" has no server address`)
  return {
    path,
    context,
    server: cluster.server.replace(/\/+$/, ''),
    namespace: contextEntry.namespace,
    caPem: await inlineOrFile(path, cluster, 'certificate-authority'),
    isServerVerified: cluster['insecure-skip-tls-verify'] !== true,
    tlsServerName: cluster['tls-server-name'],
    auth: cluster['proxy-url'] ? {kind: 'kubectl', why: 'proxy-url'} : await authOf(path, user),
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a file written by others, checked field by field
type Loose = Record<string, any>

async function authOf(path: string, user: Loose): Promise<ClusterAuth> {
  const needsKubectl = ['exec', 'auth-provider', 'as', 'username'].find(field => user[field])
  if (needsKubectl !== undefined) return {kind: 'kubectl', why: needsKubectl}
  if (user.token) return {kind: 'token', token: String(user.token)}
  if (user.tokenFile) return {kind: 'token-file', path: resolve(dirname(path), user.tokenFile)}
  const certPem = await inlineOrFile(path, user, 'client-certificate')
  const keyPem = await inlineOrFile(path, user, 'client-key')
  if (certPem === undefined || keyPem === undefined) return {kind: 'none'}
  return {kind: 'client-certificate', certPem, keyPem}
}

async function readConfigFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EACCES')
      throw new DeployError('forbidden', `read kubeconfig ${path}: permission denied`, {
        hint: `ls -l ${path} shows which group may read it; id shows yours`,
        cause,
      })
    throw new DeployError('unreachable', `read kubeconfig ${path}: ${(cause as Error).message}`, {
      hint: 'deploy doctor lists which kubeconfigs this host has',
      cause,
    })
  }
}

function parseConfig(path: string, text: string): Loose {
  let config: unknown
  try {
    config = parseHelmYaml(text, path)[0]
  } catch (cause) {
    throw broken(path, (cause as Error).message.replace(`read ${path}: `, ''), cause)
  }
  if (config === null || typeof config !== 'object') throw broken(path, 'it is empty')
  return config
}

function pick(path: string, config: Loose, list: string, field: string, name: string): Loose {
  const entries: unknown = config[list]
  const entry = Array.isArray(entries) ? entries.find(each => each?.name === name) : undefined
  if (entry?.[field] === undefined) throw broken(path, `it has no ${field} named "${name}"`)
  return entry[field]
}

async function inlineOrFile(path: string, entry: Loose, field: string): Promise<string | undefined> {
  const inline = entry[`${field}-data`]
  if (inline) return Buffer.from(String(inline), 'base64').toString('utf8')
  if (!entry[field]) return undefined
  return readConfigFile(resolve(dirname(path), String(entry[field])))
}

function broken(path: string, why: string, cause?: unknown): DeployError {
  return new DeployError('unreachable', `read kubeconfig ${path}: ${why}`, {
    hint: `kubectl --kubeconfig ${path} config view shows what it holds.`,
    cause,
  })
}
