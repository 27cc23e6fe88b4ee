import {homedir} from 'node:os'
import {extname, join} from 'node:path'
import type {Cluster} from './names.ts'

export type Env = Readonly<Record<string, string | undefined>>

export type SandboxPaths = ReturnType<typeof sandboxPaths>

/** Where this package lies: two levels above src/sandbox and dist/sandbox alike. */
export const PACKAGE_ROOT = join(import.meta.dirname, '..', '..')

/** A script of the sandbox that runs as a process of its own, as it lies beside what runs now. */
export function sandboxScript(name: string): string {
  const isSource = extname(import.meta.filename) === '.ts'
  return join(PACKAGE_ROOT, isSource ? 'src' : 'dist', 'sandbox', `${name}${isSource ? '.ts' : '.js'}`)
}

/** The manifests every cluster of a sandbox starts with. */
export const MANIFESTS_DIR = join(PACKAGE_ROOT, 'sandbox', 'manifests')

/** Every place of one sandbox. Nothing here reads the disk. */
export function sandboxPaths(name: string, env: Env) {
  const dir = join(stateHome(env), 'deploy', 'sandbox', name)
  const etc = join(dir, 'etc')
  const kubernetes = join(etc, 'kubernetes')
  return {
    name,
    dir,
    state: join(dir, 'state.json'),
    lock: join(dir, 'lock'),
    run: join(dir, 'run'),
    log: join(dir, 'log'),
    etcdData: join(dir, 'etcd'),
    etc,
    hostConfig: join(etc, 'deploy.yaml'),
    kubernetes,
    helmfileDefaults: join(etc, 'helmfile-defaults'),
    /** Real programs, as on a deploy host: helm3.17, helm3.19, helm, helmfile, kubectl, helmfile_log_sal. */
    bin: join(dir, 'bin'),
    /** Only for people's shells: a helmfile that copes with files naming absolute /etc paths. */
    shell: join(dir, 'shell'),
    charts: join(dir, 'charts'),
    registry: join(dir, 'registry'),
    helm: {config: join(etc, 'helm'), cache: join(dir, 'cache', 'helm'), data: join(dir, 'data', 'helm')},
    salLog: join(dir, 'log', 'sal.log'),
    cluster: (cluster: Cluster) => join(dir, 'clusters', cluster),
    auditPolicy: join(dir, 'clusters', 'audit-policy.yaml'),
    auditLog: (cluster: Cluster) => join(dir, 'log', `audit-${cluster}.log`),
    adminConfig: (cluster: Cluster) => join(kubernetes, `admin-${cluster}.config`),
    deployConfig: (namespace: string, cluster: Cluster) =>
      join(kubernetes, `${namespace}-deploy-${cluster}.config`),
    viewConfig: (namespace: string, cluster: Cluster) => join(kubernetes, `${namespace}-${cluster}.config`),
  }
}

/** Tools are shared by all sandboxes and survive a purge. */
export function toolsDir(env: Env): string {
  return join(cacheDirectory(env), 'tools')
}

/** What can be lost: it is made again. */
export function cacheDirectory(env: Env): string {
  return join(env.XDG_CACHE_HOME || join(home(env), '.cache'), 'deploy')
}

function stateHome(env: Env): string {
  return env.XDG_STATE_HOME || join(home(env), '.local', 'state')
}

function home(env: Env): string {
  return env.HOME || homedir()
}
