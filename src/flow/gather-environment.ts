import {access, constants} from 'node:fs/promises'
import {join} from 'node:path'
import {classOf} from '../charts/environments.ts'
import {nearest} from '../charts/nearest.ts'
import {type Cluster, openCluster} from '../cluster/client.ts'
import {readReleases, type ReleaseReading} from '../cluster/releases.ts'
import {DeployError} from '../errors.ts'
import type {EnvironmentClass, EnvironmentFacts, ReleaseFacts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {captureReleases, setHelmBinary, type CapturedRelease, type LauncherSite} from '../tools/capture.ts'
import {openHelm, type Helm} from '../tools/helm.ts'
import {buildState, listEnvironments, type HelmfileState, type KubeconfigRef} from '../tools/helmfile.ts'
import {gatherRelease, type Pulls} from './gather-release.ts'
import {launcherSiteOf} from './sites.ts'
import {revisionFactsOf} from './revision-facts.ts'
import type {World} from './world.ts'

/** The live side of one environment: what the executor acts with. */
export type EnvironmentSite = {
  environment: string
  launcherSite: LauncherSite
  helm: Helm
  cluster: Cluster
  kubeconfig: KubeconfigRef
  hasAnnouncingHooks: boolean
}

export type GatheredEnvironment =
  | {kind: 'read'; facts: EnvironmentFacts; site: EnvironmentSite}
  | {kind: 'skipped'; skipped: {environment: string; environmentClass: EnvironmentClass; reason: string}}

export type Asked = {asked: readonly string[]; selectors: readonly string[]}

type OpenEnvironment = {
  kind: 'open'
  environmentClass: EnvironmentClass
  state: HelmfileState
  site: EnvironmentSite
  stored: Promise<ReleaseReading[]>
}

type Skipped = Extract<GatheredEnvironment, {kind: 'skipped'}>

/** Read one environment: helmfile's state, every release's render, and what helm has deployed there. */
export async function gatherEnvironment(
  environment: string,
  intent: DeployIntent,
  world: World,
  pulls: Pulls,
): Promise<GatheredEnvironment> {
  const launcherSite = await launcherSiteOf(world, environment)
  // helmfile works the releases out while we learn which helm it wants and what the cluster has.
  const capturing = captureReleases(launcherSite, environment, intent.selectors)
  capturing.catch(() => {})
  const opened = await openEnvironment(
    environment,
    {asked: intent.environments, selectors: intent.selectors},
    launcherSite,
    world,
  )
  if (opened.kind === 'skipped') {
    await capturing.catch(() => {})
    return opened
  }
  const {state, site, environmentClass} = opened
  return closingOnFailure(site, async () => {
    const [captured, stored] = await Promise.all([capturing, opened.stored])
    const circumstances = {environment, intent, world, helm: site.helm, pulls}
    const releases = await Promise.all(
      captured.map(one => gatherRelease(one, find(stored, one), state, circumstances)),
    )
    return {
      kind: 'read',
      site,
      facts: factsOf(environment, environmentClass, site.cluster, state, inStateOrder(releases, state)),
    }
  })
}

/** Read one environment as it is deployed; nothing is rendered. */
export async function gatherLiveEnvironment(
  environment: string,
  asked: Asked,
  world: World,
): Promise<GatheredEnvironment> {
  const opened = await openEnvironment(environment, asked, await launcherSiteOf(world, environment), world)
  if (opened.kind === 'skipped') return opened
  const {state, site, environmentClass} = opened
  return closingOnFailure(site, async () => {
    const releases = (await opened.stored).map(reading => liveRelease(reading, state))
    return {
      kind: 'read',
      site,
      facts: factsOf(environment, environmentClass, site.cluster, state, inStateOrder(releases, state)),
    }
  })
}

async function openEnvironment(
  environment: string,
  asked: Asked,
  launcherSite: LauncherSite,
  world: World,
): Promise<OpenEnvironment | Skipped> {
  const state = await buildState(launcherSite, environment, asked.selectors)
  if (state === 'unknown-environment')
    throw await unknownEnvironment(environment, asked.selectors, launcherSite)

  const environmentClass = classOf(environment, world.settings)
  const missing = await unreadableKubeconfig(state.kubeconfig)
  if (missing !== undefined) {
    if (asked.asked.includes(environment)) throw missing
    return {kind: 'skipped', skipped: {environment, environmentClass, reason: missing.message}}
  }

  const cluster = await openCluster(kubeconfigPath(state.kubeconfig), contextOf(state.kubeconfig))
  const stored = readStored(cluster, state)
  stored.catch(() => {})
  const helm = await openHelm(state.helmBinary, launcherSite.env, launcherSite.onCommand)
  await setHelmBinary(launcherSite, helm)
  const {kubeconfig, hasAnnouncingHooks} = state
  return {
    kind: 'open',
    environmentClass,
    state,
    stored,
    site: {environment, launcherSite, helm, cluster, kubeconfig, hasAnnouncingHooks},
  }
}

async function closingOnFailure<T>(site: EnvironmentSite, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    await site.cluster.close()
    throw error
  }
}

function liveRelease(reading: ReleaseReading, state: HelmfileState): ReleaseFacts {
  const written = state.releases.find(release => release.name === reading.name)
  const deployed = reading.deployed && revisionFactsOf(reading.deployed)
  return {
    namespace: reading.namespace,
    name: reading.name,
    chart: deployed?.chart ?? {name: '', version: ''},
    needs: written?.needs ?? [],
    hasPostHook: false,
    timeoutMs: written?.timeoutMs ?? 300_000,
    wanted: deployed?.objects ?? [],
    wantedHooks: [],
    versionOverride: undefined,
    isVersionInGit: false,
    deployed,
    latest: reading.latest,
  }
}

function factsOf(
  environment: string,
  environmentClass: EnvironmentClass,
  cluster: Cluster,
  state: HelmfileState,
  releases: readonly ReleaseFacts[],
): EnvironmentFacts {
  return {
    name: environment,
    environmentClass,
    server: cluster.server,
    releases,
    notInstalledHere: state.releases
      .filter(release => !release.isInstalled)
      .map(({namespace, name}) => ({namespace, name})),
  }
}

async function readStored(cluster: Cluster, state: HelmfileState): Promise<ReleaseReading[]> {
  const installed = state.releases.filter(release => release.isInstalled)
  const home = cluster.namespace ?? 'default'
  const namespaces = [...new Set(installed.map(release => release.namespace || home))]
  const found = await Promise.all(
    namespaces.map(namespace =>
      readReleases(
        cluster,
        namespace,
        installed.filter(release => (release.namespace || home) === namespace).map(release => release.name),
      ),
    ),
  )
  return found.flat()
}

function find(stored: readonly ReleaseReading[], captured: CapturedRelease): ReleaseReading | undefined {
  return stored.find(
    release =>
      release.name === captured.name &&
      (captured.namespace === '' || release.namespace === captured.namespace),
  )
}

function inStateOrder(releases: readonly ReleaseFacts[], state: HelmfileState): ReleaseFacts[] {
  const order = state.releases.map(release => release.name)
  return releases.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
}

async function unreadableKubeconfig(ref: KubeconfigRef): Promise<DeployError | undefined> {
  if (ref.path === undefined) return undefined
  const code = await access(ref.path, constants.R_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (code === undefined) return undefined
  return code === 'ENOENT'
    ? new DeployError('unreachable', `there is no kubeconfig ${ref.path} here`, {
        hint: 'Run this on the deploy host, or try deploy doctor.',
      })
    : new DeployError('forbidden', `read the kubeconfig ${ref.path}: you may not read this file`, {
        hint: 'Ask to be added to the group that owns it (ls -l shows which).',
      })
}

// Without a kubeconfig of its own helmfile leaves the choice to kubectl's usual place, never to $KUBECONFIG alone.
function kubeconfigPath(ref: KubeconfigRef): string {
  return ref.path ?? join(process.env.HOME ?? '', '.kube', 'config')
}

function contextOf(ref: KubeconfigRef): {context?: string} {
  return ref.context === undefined ? {} : {context: ref.context}
}

async function unknownEnvironment(
  name: string,
  selectors: readonly string[],
  site: LauncherSite,
): Promise<DeployError> {
  const known = await listEnvironments(site).catch((): readonly string[] => [])
  if (known.includes(name)) {
    return new DeployError(
      'not-found',
      `find releases in ${name} for the selector ${selectors.join(', ')}: there are none.`,
      {
        hint: `Leave -l out, or try helmfile -e ${name} list.`,
      },
    )
  }
  const close = nearest(name, [...known, 'production', 'all'])
  return new DeployError(
    'not-found',
    `find the environment ${name}: this service has ${known.join(', ') || 'none'}.`,
    {
      hint:
        close === undefined
          ? `Use -e with one of: ${[...known, 'production', 'all'].join(', ')}.`
          : `Did you mean -e ${close}?`,
    },
  )
}
