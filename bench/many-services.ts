import {execFile} from 'node:child_process'
import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {gzipSync} from 'node:zlib'
import {stringify} from 'yaml'
import {CLUSTERS, type Cluster} from '../src/sandbox/names.ts'
import type {SandboxPaths} from '../src/sandbox/paths.ts'

const run = promisify(execFile)

export type ManyServices = {
  /** A charts repository. */
  charts: string
  kubeconfigs: number
  releases: number
  close(): Promise<void>
}

type Place = {service: string; cluster: Cluster; releases: readonly string[]}

/**
 * As many services as on Wikimedia's deploy host, each with a namespace and a kubeconfig of its own in every cluster and what
 * helm would have stored of it: no pod runs for them.
 * @param manifest what a release of them holds
 */
export async function makeManyServices(paths: SandboxPaths, manifest: string): Promise<ManyServices> {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-many-'))
  const places = placesOf(64)
  await mkdir(join(directory, 'kubeconfigs'), {mode: 0o700})
  await Promise.all(places.map(place => writeKubeconfig(place, directory, paths)))
  for (const service of new Set(places.map(place => place.service)))
    await writeHelmfile(service, places, directory)
  const apply = async (verb: readonly string[]) => {
    for (const cluster of CLUSTERS) {
      const file = join(directory, `${cluster}.json`)
      const mine = places.filter(place => place.cluster === cluster)
      const items =
        verb[0] === 'delete' ? mine.map(namespaceOf) : mine.flatMap(place => objectsOf(place, manifest))
      await writeFile(file, JSON.stringify({apiVersion: 'v1', kind: 'List', items}))
      const admin = ['--kubeconfig', paths.adminConfig(cluster)]
      await run(join(paths.bin, 'kubectl'), [...admin, ...verb, '--filename', file], {maxBuffer: 64 << 20})
    }
  }
  await apply(['apply', '--server-side', '--force-conflicts'])
  return {
    charts: join(directory, 'charts'),
    kubeconfigs: places.length,
    releases: places.reduce((sum, place) => sum + place.releases.length, 0),
    async close() {
      await apply(['delete', '--ignore-not-found', '--wait=false'])
      await rm(directory, {recursive: true, force: true})
    },
  }
}

// 191 places and 200 releases: the last service is not in staging, and three have a canary.
function placesOf(count: number): Place[] {
  const all = Array.from({length: count}, (_, index) =>
    CLUSTERS.map(cluster => ({
      service: `many-${index}`,
      cluster,
      releases: index < 3 ? ['main', 'canary'] : ['main'],
    })),
  )
  return all.flat().filter(place => place.service !== `many-${count - 1}` || place.cluster !== 'staging')
}

async function writeHelmfile(service: string, places: readonly Place[], directory: string): Promise<void> {
  const mine = places.filter(place => place.service === service)
  const into = join(directory, 'charts', 'helmfile.d', 'services', service)
  await mkdir(into, {recursive: true})
  const args = ['--kubeconfig', join(directory, 'kubeconfigs', `${service}-{{ .Environment.Name }}.config`)]
  const environments = Object.fromEntries(mine.map(place => [place.cluster, {}]))
  const releases = mine[0]?.releases.map(name => ({name, namespace: service, chart: 'wmf-stable/shop'}))
  const text = `${stringify({helmDefaults: {args}, environments})}---\n${stringify({releases})}`
  await writeFile(join(into, 'helmfile.yaml'), text)
}

async function writeKubeconfig(
  {service, cluster}: Place,
  directory: string,
  paths: SandboxPaths,
): Promise<void> {
  const text = await readFile(paths.deployConfig('shop', cluster), 'utf8')
  const path = join(directory, 'kubeconfigs', `${service}-${cluster}.config`)
  await writeFile(path, text.replace('namespace: shop', `namespace: ${service}`), {mode: 0o600})
}

function namespaceOf({service}: Place): object {
  return {apiVersion: 'v1', kind: 'Namespace', metadata: {name: service}}
}

function objectsOf(place: Place, manifest: string): object[] {
  const {service: namespace, releases} = place
  return [
    namespaceOf(place),
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: {name: 'bench', namespace},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'deploy'},
      subjects: [{kind: 'ServiceAccount', name: 'deploy', namespace: 'shop'}],
    },
    ...releases.map(name => helmSecret(namespace, name, manifest)),
  ]
}

function helmSecret(namespace: string, name: string, manifest: string): object {
  const release = {
    name,
    namespace,
    version: 1,
    info: {status: 'deployed', last_deployed: '2026-11-20T10:00:00Z', description: 'Install complete'},
    chart: {metadata: {name: 'shop', version: '1.2.4'}},
    config: {},
    manifest,
  }
  const packed = gzipSync(JSON.stringify(release)).toString('base64')
  const labels = {owner: 'helm', name, status: 'deployed', version: '1'}
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: {name: `sh.helm.release.v1.${name}.v1`, namespace, labels},
    data: {release: Buffer.from(packed).toString('base64')},
  }
}
