import {isPlainName, pickEnvironments} from '../charts/environments.ts'
import {type Cluster, openCluster} from '../cluster/client.ts'
import {DeployError} from '../errors.ts'
import {siteOf} from '../flow/sites.ts'
import type {World} from '../flow/world.ts'
import {findProgram} from '../tools/find-program.ts'
import {buildState, type HelmfileSite, listEnvironments} from '../tools/helmfile.ts'
import type {KubeconfigRef, StateRelease} from '../tools/helmfile-state.ts'
import {type Identity, kubeconfigFor} from './live-session-kubeconfig.ts'

/** One environment of a service for somebody who looks: what is installed there, and its cluster. Needs no Secrets. */
export type LiveEnvironment = {
  name: string
  releases: readonly StateRelease[]
  namespaces: readonly string[]
  kubeconfig: KubeconfigRef & {path: string}
  cluster: Cluster
}

export type LiveRequest = {
  /** As typed: names, `production`, `all`. */
  environments: readonly string[]
  selectors: readonly string[]
  identity: Identity
}

export type Live = {
  environments: readonly LiveEnvironment[]
  /** Those that only `all` or `production` named, and that cannot be reached from here. */
  problems: readonly {environment: string; error: DeployError}[]
}

/**
 * Learn from helmfile what is where, look at it, and close every connection.
 * @throws DeployError for an environment that was named and that nobody knows or that cannot be reached
 */
export async function withLive<T>(
  request: LiveRequest,
  world: World,
  look: (live: Live) => Promise<T>,
): Promise<T> {
  const site = await siteOf(world)
  const names = await namesOf(request, site, world)
  const settled = await Promise.allSettled(names.map(name => openOne(name, request, site, world)))
  // From here on texts are shown.
  await world.privateFiles
  const environments = settled.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    const problems = settled.flatMap((one, index) =>
      one.status === 'rejected' ? [problemOf(names[index] ?? '', one.reason, request)] : [],
    )
    return await look({environments, problems})
  } finally {
    await Promise.all(environments.map(environment => environment.cluster.close()))
  }
}

async function namesOf(
  {environments}: LiveRequest,
  site: HelmfileSite,
  world: World,
): Promise<readonly string[]> {
  if (environments.length > 0 && environments.every(word => isPlainName(word, world.settings)))
    return [...new Set(environments)]
  return pickEnvironments(environments, await listEnvironments(site), world.settings)
}

function problemOf(environment: string, error: unknown, request: LiveRequest) {
  if (request.environments.includes(environment) || !(error instanceof DeployError)) throw error
  return {environment, error}
}

async function openOne(
  name: string,
  request: LiveRequest,
  site: HelmfileSite,
  world: World,
): Promise<LiveEnvironment> {
  const state = await buildState(site, name, request.selectors)
  if (state === 'unknown-environment') return openAlias(name, request, site, world)
  const path = await kubeconfigFor(state.kubeconfig, request.identity)
  const {context} = state.kubeconfig
  const kubectl = await findProgram('kubectl', world.toolEnv.PATH ?? '')
  const cluster = await openCluster(path, {
    ...(context === undefined ? {} : {context}),
    ...(kubectl === undefined ? {} : {kubectl}),
  })
  const home = cluster.namespace ?? 'default'
  const releases = state.releases
    .filter(release => release.isInstalled)
    .map(release => ({...release, namespace: release.namespace || home}))
  const namespaces = [...new Set(releases.map(release => release.namespace))]
  return {name, releases, namespaces, kubeconfig: {path, context}, cluster}
}

/** Not one of helmfile's own names: an alias of the settings, a selector that fits nothing, or a mistake. */
async function openAlias(
  name: string,
  request: LiveRequest,
  site: HelmfileSite,
  world: World,
): Promise<LiveEnvironment> {
  const known = await listEnvironments(site)
  const [meant] = pickEnvironments([name], known, world.settings)
  if (meant !== undefined && meant !== name) return openOne(meant, request, site, world)
  throw new DeployError(
    'not-found',
    `find releases in ${name} for the selector ${request.selectors.join(', ')}: there are none.`,
    {hint: `Leave -l out, or try helmfile -e ${name} list.`},
  )
}
