import {classOf} from '../charts/environments.ts'
import {type Cluster, openCluster} from '../cluster/client.ts'
import {readReleases, type ReleaseReading} from '../cluster/releases.ts'
import {type KeptObjects, readKeptObjects} from '../journal/kept-objects.ts'
import {readRecords, type RunRecord} from '../journal/record.ts'
import type {EnvironmentClass} from '../plan/facts.ts'
import {type LauncherSite, setHelmBinary} from '../tools/capture.ts'
import {findProgram} from '../tools/find-program.ts'
import {type Helm, openHelm} from '../tools/helm.ts'
import {buildState} from '../tools/helmfile.ts'
import type {HelmfileState, KubeconfigRef, StateRelease} from '../tools/helmfile-state.ts'
import {closingOnFailure} from './environment-facts.ts'
import {contextOf, kubeconfigPath, unreadableKubeconfig} from './environment-kubeconfig.ts'
import type {OutsideFiles, SiteKey} from './outside-files.ts'
import type {Stage} from '../plan/plan.ts'
import {unknownEnvironment} from './unknown-environment.ts'
import type {World} from './world.ts'

/** The live side of one environment: what the executor acts with. */
export type EnvironmentSite = {
  environment: string
  environmentClass: EnvironmentClass
  /** Those of the service's releases; records and locks lie there. */
  namespaces: readonly string[]
  launcherSite: LauncherSite
  /** What the launcher calls a release, by `namespace/name`. */
  launcherKeys: ReadonlyMap<string, string>
  helm: Helm
  cluster: Cluster
  kubeconfig: KubeconfigRef
  hasAnnouncingHooks: boolean
  /** What digests of private files are keyed with there; none where nothing was rendered. */
  siteKey: SiteKey | undefined
  /** What the values came from beside the charts repository when the plan was made. */
  outside: OutsideFiles | undefined
  /** What deploy keeps in each namespace, as it was when it was opened. */
  kept: ReadonlyMap<string, Promise<KeptObjects | undefined>>
  /** What was recorded of the service there when it was opened. */
  records: Promise<RunRecord[]>
}

export type Asked = {asked: readonly string[]; selectors: readonly string[]}

export type OpenEnvironment = {
  kind: 'open'
  environmentClass: EnvironmentClass
  state: HelmfileState
  site: EnvironmentSite
  stored: Promise<ReleaseReading[]>
  records: Promise<RunRecord[]>
}

export type SkippedEnvironment = {
  kind: 'skipped'
  skipped: {environment: string; environmentClass: EnvironmentClass; reason: string}
}

/**
 * Learn from helmfile which helm and which cluster an environment means, and begin to read what is deployed there.
 * @throws DeployError `not-found` for an environment nobody knows; `unreachable`, `forbidden` for its kubeconfig
 */
export async function openEnvironment(
  environment: string,
  asked: Asked,
  launcherSite: LauncherSite,
  world: World,
): Promise<OpenEnvironment | SkippedEnvironment> {
  const state = await buildState(launcherSite, environment, asked.selectors)
  if (state === 'unknown-environment')
    throw await unknownEnvironment(environment, asked.selectors, launcherSite)

  world.secrecy.spare([environment, ...state.environments, ...state.releases.flatMap(namesOf)])
  const environmentClass = classOf(environment, world.settings)
  const missing = await unreadableKubeconfig(state.kubeconfig)
  if (missing !== undefined) {
    if (asked.asked.includes(environment)) throw missing
    return {kind: 'skipped', skipped: {environment, environmentClass, reason: missing.message}}
  }

  // The file that was read decides for every program, whatever the caller's own environment says.
  launcherSite.env = {...launcherSite.env, ...onlyThis(kubeconfigPath(state.kubeconfig))}
  const kubectl = await findProgram('kubectl', world.toolEnv.PATH ?? '')
  const cluster = await openCluster(kubeconfigPath(state.kubeconfig), {
    ...contextOf(state.kubeconfig),
    ...(kubectl === undefined ? {} : {kubectl}),
  })
  return closingOnFailure({cluster}, () =>
    openOn(cluster, {environment, environmentClass, state, launcherSite, world}),
  )
}

type Opening = {
  environment: string
  environmentClass: EnvironmentClass
  state: HelmfileState
  launcherSite: LauncherSite
  world: World
}

async function openOn(
  cluster: Cluster,
  {environment, environmentClass, state, launcherSite, world}: Opening,
): Promise<OpenEnvironment> {
  const namespaces = namespacesOf(cluster, state)
  const stored = readStored(cluster, state)
  stored.catch(() => {})
  const kept = readKept(cluster, namespaces)
  const past = namespaces.map(async namespace =>
    readRecords({cluster, namespace, service: world.service.name}, await kept.get(namespace)),
  )
  const records = Promise.all(past).then(read => read.flat())
  records.catch(() => {})
  const helm = await openHelm(state.helmBinary, launcherSite)
  // In good time for what is to come, and for the next run, whose helmfile wants it to read anything.
  world.helms.learnAhead(helm.path, helm.version)
  await setHelmBinary(launcherSite, helm.path)
  world.helms.keepName(helmPlace(world, environment), state.helmBinary)
  const {kubeconfig, hasAnnouncingHooks} = state
  return {
    kind: 'open',
    environmentClass,
    state,
    stored,
    // One that cannot be read is no reason to hold anybody up.
    records: Promise.all(past.map(reading => reading.catch(() => []))).then(read => read.flat()),
    site: {
      environment,
      environmentClass,
      namespaces,
      launcherKeys: new Map(),
      launcherSite,
      helm,
      cluster,
      kubeconfig,
      hasAnnouncingHooks,
      siteKey: undefined,
      outside: undefined,
      kept,
      records,
    },
  }
}

/** Where a helm is wanted. */
export function helmPlace({tree, service}: World, environment: string): string {
  return [tree.root, `${service.group}/${service.name}`, environment].join(' ')
}

function namesOf({namespace, name, chart, needs}: StateRelease): string[] {
  return [namespace, name, chart, ...needs]
}

function namespacesOf(cluster: Cluster, state: HelmfileState): string[] {
  const home = cluster.namespace ?? 'default'
  const installed = state.releases.filter(release => release.isInstalled)
  return [...new Set(installed.map(release => release.namespace || home))]
}

function readKept(cluster: Cluster, namespaces: readonly string[]): EnvironmentSite['kept'] {
  const reading = namespaces.map(namespace => [namespace, readKeptObjects(cluster, namespace)] as const)
  for (const [, objects] of reading) objects.catch(() => {})
  return new Map(reading)
}

async function readStored(cluster: Cluster, state: HelmfileState): Promise<ReleaseReading[]> {
  const installed = state.releases.filter(release => release.isInstalled)
  const home = cluster.namespace ?? 'default'
  const found = await Promise.all(
    namespacesOf(cluster, state).map(namespace =>
      readReleases(
        cluster,
        namespace,
        installed.filter(release => (release.namespace || home) === namespace).map(release => release.name),
      ),
    ),
  )
  return found.flat()
}

function onlyThis(kubeconfig: string): Record<string, string | undefined> {
  const others = [
    'HELM_NAMESPACE',
    'HELM_KUBECONTEXT',
    'HELM_KUBEAPISERVER',
    'HELM_KUBETOKEN',
    'HELM_KUBECAFILE',
    'HELM_KUBEASUSER',
  ]
  return {...Object.fromEntries(others.map(name => [name, undefined])), KUBECONFIG: kubeconfig}
}

/** The environment that a stage is for. */
export function siteFor(sites: ReadonlyMap<string, EnvironmentSite>, stage: Stage): EnvironmentSite {
  const site = sites.get(stage.environment)
  if (site === undefined) throw new Error(`no site was opened for ${stage.environment}`)
  return site
}
