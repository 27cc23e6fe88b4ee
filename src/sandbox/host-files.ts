import {mkdir, readFile, readlink, rm, symlink} from 'node:fs/promises'
import {join} from 'node:path'
import {stringify} from 'yaml'
import {type ClusterGroup, EXAMPLE_CHARTS, listServices, readClusterGroups} from './charts-tree.ts'
import type {Cluster} from './names.ts'
import {PACKAGE_ROOT, type SandboxPaths} from './paths.ts'
import {writeIfMissing, writePrivate} from '../tools/own-files.ts'
import {registryUrl} from './registry.ts'
import type {SandboxPorts} from './state.ts'
import type {ToolPaths} from './tools.ts'

type ServiceGroup = {
  clusterGroup: string
  /** Each environment, and the cluster that stands for it here. */
  environments: Readonly<Record<string, Cluster>>
}

/** Each directory of services, and where its services run. */
const SERVICE_GROUPS: Readonly<Record<string, ServiceGroup>> = {
  services: {
    clusterGroup: 'main',
    environments: {staging: 'staging', eqiad: 'eqiad', codfw: 'codfw'},
  },
  'ml-services': {
    clusterGroup: 'ml-serve',
    environments: {'ml-staging-codfw': 'staging', 'ml-serve-eqiad': 'eqiad', 'ml-serve-codfw': 'codfw'},
  },
  'dse-k8s-services': {
    clusterGroup: 'dse-k8s',
    environments: {'dse-k8s-eqiad': 'eqiad', 'dse-k8s-codfw': 'codfw'},
  },
  'aux-k8s-services': {
    clusterGroup: 'aux-k8s',
    environments: {'aux-k8s-eqiad': 'eqiad', 'aux-k8s-codfw': 'codfw'},
  },
}

/** The hosts that the example's images name: in the charts, and as the hosts of a cluster are told by puppet. */
const REGISTRIES = ['docker-registry.wikimedia.org', 'docker-registry.discovery.wmnet']

/** As on a deploy host, where only what is private is not for everybody: deploy hides the values of such files. */
const EVERYBODYS = 0o644

/** Write what a deploy host keeps outside the charts repository. What a person changed in it stays. */
export async function writeHostFiles(
  paths: SandboxPaths,
  tree: string,
  tools: ToolPaths,
  ports: SandboxPorts,
): Promise<void> {
  await writePrivate(paths.hostConfig, hostConfigText(paths, tree, ports))
  const clusterGroups = await readClusterGroups(tree)
  const groups = Object.values(SERVICE_GROUPS).filter(({clusterGroup}) =>
    clusterGroups.some(({name}) => name === clusterGroup),
  )
  await Promise.all(groups.map(group => writeEnvironmentDefaults(paths, group)))
  await writePrivateValues(paths, tree)
  await writeWikiReleases(paths, tree)
  await linkKubeconfigs(paths, clusterGroups)
  await linkPrograms(paths, tools)
  await writeScripts(paths)
}

/** The configuration deploy reads on this "host". */
export function hostConfigText(paths: SandboxPaths, tree: string, ports: SandboxPorts): string {
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
      registry: registrySettings(tree, ports),
      // What scap says of the real host is not about the sandbox.
      scap: {lock: join(paths.dir, 'scap-global-lock'), config: join(paths.dir, 'scap.cfg')},
    },
    {lineWidth: 0},
  )
}

// Only the example's images are in the sandbox's registry; asking it for another tree's would refuse every one.
function registrySettings(tree: string, ports: SandboxPorts): object {
  if (tree !== EXAMPLE_CHARTS) return {ask: false}
  return {mirrors: Object.fromEntries(REGISTRIES.map(host => [host, registryUrl(ports)]))}
}

/** Where helm keeps its things here; never in the user's own directories. */
export function helmEnv(paths: SandboxPaths): Record<string, string> {
  return {
    HELM_CONFIG_HOME: paths.helm.config,
    HELM_CACHE_HOME: paths.helm.cache,
    HELM_DATA_HOME: paths.helm.data,
  }
}

async function writeEnvironmentDefaults(paths: SandboxPaths, group: ServiceGroup): Promise<void> {
  for (const [environment, cluster] of Object.entries(group.environments)) {
    await writeIfMissing(
      join(paths.helmfileDefaults, `clusterinfo-${environment}.yaml`),
      stringify({
        // What decides between helm3.17 and helm3.19; every cluster of the sandbox really is 1.34.
        kubernetesVersion: cluster === 'staging' ? '1.34' : '1.31',
      }),
      EVERYBODYS,
    )
    await writeIfMissing(
      join(paths.helmfileDefaults, `general-${environment}.yaml`),
      stringify({
        docker: {registry: 'docker-registry.discovery.wmnet', pull_policy: 'IfNotPresent'},
        kubernetesMasters: {cidrs: ['127.0.0.1/32']},
        site: cluster === 'codfw' ? 'codfw' : 'eqiad',
      }),
      EVERYBODYS,
    )
  }
}

async function writePrivateValues(paths: SandboxPaths, tree: string): Promise<void> {
  for (const {group, service} of await listServices(tree)) {
    const known = SERVICE_GROUPS[group]
    if (known === undefined) continue
    const dir = join(paths.helmfileDefaults, 'private', `${known.clusterGroup}_services`, service)
    for (const environment of Object.keys(known.environments)) {
      await writeIfMissing(join(dir, `${environment}.yaml`), privateValuesText(service, environment))
    }
  }
}

/**
 * The images of services that do not keep them in the charts repository: at Wikimedia scap, which deploys MediaWiki,
 * writes a file for each release.
 */
async function writeWikiReleases(paths: SandboxPaths, tree: string): Promise<void> {
  for (const {group, service} of await listServices(tree)) {
    const text = await readFile(join(tree, 'helmfile.d', group, service, 'helmfile.yaml'), 'utf8')
    if (!text.includes('/etc/helmfile-defaults/mediawiki/release/')) continue
    const releases = [...text.matchAll(/^ {2}- name: ([\w-]+)$/gm)].map(match => match[1] ?? '')
    const environments = Object.keys(SERVICE_GROUPS[group]?.environments ?? {})
    for (const name of releases.flatMap(release => environments.map(one => `${service}-${release}-${one}`))) {
      const file = join(paths.helmfileDefaults, 'mediawiki', 'release', `${name}.yaml`)
      await writeIfMissing(
        file,
        stringify({
          main_app: {image: 'restricted/wiki:2026-11-19-181143-publish'},
          mw: {httpd: {image_tag: 'restricted/wiki-httpd:2026-11-19-181143-webserver'}},
        }),
        EVERYBODYS,
      )
    }
  }
}

/**
 * The identities of a namespace under the names that other groups of clusters have for their environments. Links,
 * because the clusters write the kubeconfigs themselves, and anew when a token has changed.
 */
async function linkKubeconfigs(paths: SandboxPaths, clusterGroups: readonly ClusterGroup[]): Promise<void> {
  await mkdir(paths.kubernetes, {recursive: true, mode: 0o700})
  for (const {clusterGroup, environments} of Object.values(SERVICE_GROUPS)) {
    const namespaces = clusterGroups.find(({name}) => name === clusterGroup)?.namespaces ?? []
    const identities = namespaces.flatMap(namespace => [`${namespace}-deploy`, namespace])
    for (const [environment, cluster] of Object.entries(environments)) {
      if (environment === cluster) continue
      for (const identity of identities) {
        const link = join(paths.kubernetes, `${identity}-${environment}.config`)
        await ensureLink(link, `${identity}-${cluster}.config`)
      }
    }
  }
}

/** Values nobody could take for real ones. */
function privateValuesText(service: string, environment: string): string {
  const secret = (name: string) => `not-a-secret-${service}-${environment}-${name}`
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
    await ensureLink(join(paths.bin, name), target)
  }
}

async function ensureLink(path: string, target: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return
  await rm(path, {force: true})
  await symlink(target, path)
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
