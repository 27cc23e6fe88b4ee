import {isDeepStrictEqual} from 'node:util'
import {helm, kubectl} from '../test/e2e/deploy.ts'

/** A service that is deployed and killed. */
export type Target = {service: string; image: string; releases: readonly ReleasePlace[]}

export type ReleasePlace = {cluster: Cluster; name: string}
export type Cluster = 'staging' | 'eqiad' | 'codfw'

export const CLUSTERS = ['staging', 'eqiad', 'codfw'] as const

/** One with canaries, one without; both in three environments. */
export const TARGETS: readonly [Target, Target] = [
  {
    service: 'shop',
    image: 'wikimedia/shop',
    releases: [
      {cluster: 'staging', name: 'main'},
      ...(['eqiad', 'codfw'] as const).flatMap(cluster => ['canary', 'main'].map(name => ({cluster, name}))),
    ],
  },
  {
    service: 'echo',
    image: 'wikimedia/echo',
    releases: CLUSTERS.map(cluster => ({cluster, name: 'main'})),
  },
]

/** The manifests that helm holds, by `cluster/release`. */
export type Manifests = Readonly<Record<string, string>>

export async function readManifests({service, releases}: Target): Promise<Manifests> {
  const read = releases.map(async ({cluster, name}) => [
    `${cluster}/${name}`,
    await helm(cluster, service, ['get', 'manifest', name]),
  ])
  return Object.fromEntries(await Promise.all(read))
}

/** What is not as it should be: half old and half new, pending, locked, unhealthy. */
export async function whatIsWrong(
  target: Target,
  old: Manifests,
  wanted: Manifests,
): Promise<{state: 'old' | 'new'; wrong: string[]}> {
  const [now, unsound] = await Promise.all([readManifests(target), unsoundIn(target)])
  const state = isDeepStrictEqual(now, wanted) ? 'new' : 'old'
  const expected = state === 'new' ? wanted : old
  const mixed = Object.keys(now).filter(key => now[key] !== expected[key])
  return {state, wrong: [...mixed.map(key => `${key} is not as in the others`), ...unsound]}
}

/** Pending, locked, unhealthy: whatever version it is. */
export async function unsoundIn(target: Target): Promise<string[]> {
  return (await Promise.all(CLUSTERS.map(cluster => wrongIn(cluster, target)))).flat()
}

async function wrongIn(cluster: Cluster, target: Target): Promise<string[]> {
  const {service} = target
  const [listed, configMaps, deployments] = await Promise.all([
    helm(cluster, service, ['list', '--all', '--output', 'json']),
    kubectl(cluster, ['get', 'configmaps', '-n', service, '-o', 'name']),
    kubectl(cluster, ['get', 'deployments', '-n', service, '-o', 'json']),
  ])
  const names = target.releases.flatMap(one => (one.cluster === cluster ? [one.name] : []))
  const revisions = JSON.parse(listed) as {name: string; status: string}[]
  const notDeployed = names.filter(name => revisions.find(one => one.name === name)?.status !== 'deployed')
  return [
    ...notDeployed.map(name => `${cluster}/${name} is not deployed: ${listed.trim()}`),
    ...(configMaps.includes('deploy-lock-') ? [`a lock is left in ${cluster}`] : []),
    ...(JSON.parse(deployments).items as DeploymentObject[]).flatMap(one => unhealthy(one, cluster)),
  ]
}

type DeploymentObject = {
  metadata: {name: string; generation: number}
  spec: {replicas: number}
  status: {
    observedGeneration?: number
    updatedReplicas?: number
    availableReplicas?: number
    replicas?: number
  }
}

function unhealthy({metadata, spec, status}: DeploymentObject, cluster: string): string[] {
  const isWhole =
    status.observedGeneration === metadata.generation &&
    [status.updatedReplicas, status.availableReplicas, status.replicas].every(
      count => (count ?? 0) === spec.replicas,
    )
  return isWhole
    ? []
    : [`${cluster}: the Deployment ${metadata.name} is not healthy: ${JSON.stringify(status)}`]
}
