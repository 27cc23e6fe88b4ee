import {mkdir, readlink, rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {stringify} from 'yaml'
import {listServices} from './charts-tree.ts'
import {CLUSTERS, type Cluster} from './names.ts'
import {PACKAGE_ROOT, type SandboxPaths} from './paths.ts'
import {writeIfMissing, writePrivate} from './private-files.ts'
import type {ToolPaths} from './tools.ts'

/** The directory of private values that puppet fills for each group of services. */
const PRIVATE_DIRS: Record<string, string> = {
  services: 'main_services',
  'ml-services': 'ml-serve_services',
  'dse-k8s-services': 'dse-k8s_services',
  'aux-k8s-services': 'aux-k8s_services',
}

/** Write what a deploy host keeps outside the charts repository. What a person changed in it stays. */
export async function writeHostFiles(paths: SandboxPaths, tree: string, tools: ToolPaths): Promise<void> {
  await writePrivate(paths.hostConfig, hostConfigText(paths, tree))
  await Promise.all(CLUSTERS.map(cluster => writeEnvironmentDefaults(paths, cluster)))
  await writePrivateValues(paths, tree)
  await linkPrograms(paths, tools)
  await writeScripts(paths)
}

/** The configuration deploy reads on this "host". */
export function hostConfigText(paths: SandboxPaths, tree: string): string {
  return stringify(
    {
      charts: tree,
      // Replaced in the private snapshot of the charts repository.
      substitutions: {'/etc/helmfile-defaults': paths.helmfileDefaults, '/etc/kubernetes': paths.kubernetes},
      // Put first on the PATH of helmfile and helm.
      path: [paths.bin],
      env: helmEnv(paths),
      window: {staging: '1s', production: '2s'},
      bake: '2s',
    },
    {lineWidth: 0},
  )
}

/** Where helm keeps its things here; never in the user's own directories. */
export function helmEnv(paths: SandboxPaths): Record<string, string> {
  return {
    HELM_CONFIG_HOME: paths.helm.config,
    HELM_CACHE_HOME: paths.helm.cache,
    HELM_DATA_HOME: paths.helm.data,
  }
}

async function writeEnvironmentDefaults(paths: SandboxPaths, cluster: Cluster): Promise<void> {
  const site = cluster === 'codfw' ? 'codfw' : 'eqiad'
  await writeIfMissing(
    join(paths.helmfileDefaults, `clusterinfo-${cluster}.yaml`),
    stringify({
      // What decides between helm3.17 and helm3.19; every cluster of the sandbox really is 1.34.
      kubernetesVersion: cluster === 'staging' ? '1.34' : '1.31',
    }),
  )
  await writeIfMissing(
    join(paths.helmfileDefaults, `general-${cluster}.yaml`),
    stringify({
      docker: {registry: 'docker-registry.discovery.wmnet', pull_policy: 'IfNotPresent'},
      kubernetesMasters: {cidrs: ['127.0.0.1/32']},
      site,
    }),
  )
}

async function writePrivateValues(paths: SandboxPaths, tree: string): Promise<void> {
  for (const {group, service} of await listServices(tree)) {
    const dir = PRIVATE_DIRS[group]
    if (dir === undefined) continue
    for (const cluster of CLUSTERS) {
      const file = join(paths.helmfileDefaults, 'private', dir, service, `${cluster}.yaml`)
      await writeIfMissing(file, privateValuesText(service, cluster))
    }
  }
}

/** Values nobody could take for real ones. */
function privateValuesText(service: string, cluster: Cluster): string {
  const secret = (name: string) => `not-a-secret-${service}-${cluster}-${name}`
  return stringify({config: {private: {API_TOKEN: secret('token'), DB_PASSWORD: secret('password')}}})
}

async function linkPrograms(paths: SandboxPaths, tools: ToolPaths): Promise<void> {
  await mkdir(paths.bin, {recursive: true, mode: 0o700})
  const programs = {
    helm: tools['helm3.19'],
    'helm3.17': tools['helm3.17'],
    'helm3.19': tools['helm3.19'],
    helmfile: tools.helmfile,
    kubectl: tools.kubectl,
  }
  for (const [name, target] of Object.entries(programs)) {
    const path = join(paths.bin, name)
    if ((await readlink(path).catch(() => undefined)) === target) continue
    await rm(path, {force: true})
    await symlink(target, path)
  }
}

async function writeScripts(paths: SandboxPaths): Promise<void> {
  const script = (name: string) => join(PACKAGE_ROOT, 'sandbox', 'bin', name)
  const scriptEnv = {
    SANDBOX_DIR: paths.dir,
    SANDBOX_BIN: paths.bin,
    SANDBOX_KUBERNETES: paths.kubernetes,
    SANDBOX_HELMFILE_DEFAULTS: paths.helmfileDefaults,
    SANDBOX_SAL_LOG: paths.salLog,
    ...helmEnv(paths),
  }
  const assignments = Object.entries(scriptEnv).map(([name, value]) => `export ${name}=${quote(value)}\n`)
  const text = (name: string) => `#!/bin/sh\n${assignments.join('')}exec sh ${quote(script(name))} "$@"\n`
  await writePrivate(join(paths.bin, 'helmfile_log_sal'), text('helmfile_log_sal'), 0o700)
  await writePrivate(join(paths.shell, 'helmfile'), text('helmfile'), 0o700)
}

/** For a POSIX shell. */
export function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
