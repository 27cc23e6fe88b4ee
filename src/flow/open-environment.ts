import {access, constants} from 'node:fs/promises'
import {join} from 'node:path'
import {classOf} from '../charts/environments.ts'
import {nearest} from '../charts/nearest.ts'
import {type Cluster, openCluster} from '../cluster/client.ts'
import {readReleases, type ReleaseReading} from '../cluster/releases.ts'
import {DeployError} from '../errors.ts'
import {readRecords, type RunRecord} from '../journal/record.ts'
import type {EnvironmentClass} from '../plan/facts.ts'
import {type LauncherSite, setHelmBinary} from '../tools/capture.ts'
import {findProgram, type Helm, openHelm} from '../tools/helm.ts'
import {buildState, listEnvironments} from '../tools/helmfile.ts'
import type {HelmfileState, KubeconfigRef, StateRelease} from '../tools/helmfile-state.ts'
import type {OutsideFiles, SiteKey} from './outside-files.ts'
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
  const namespaces = namespacesOf(cluster, state)
  const stored = readStored(cluster, state)
  stored.catch(() => {})
  const past = namespaces.map(namespace => readRecords({cluster, namespace, service: world.service.name}))
  const records = Promise.all(past).then(read => read.flat())
  records.catch(() => {})
  const helm = await openHelm(state.helmBinary, launcherSite)
  await setHelmBinary(launcherSite, helm.path)
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
      records,
    },
  }
}

function namesOf({namespace, name, chart, needs}: StateRelease): string[] {
  return [namespace, name, chart, ...needs]
}

export function namespacesOf(cluster: Cluster, state: HelmfileState): string[] {
  const home = cluster.namespace ?? 'default'
  const installed = state.releases.filter(release => release.isInstalled)
  return [...new Set(installed.map(release => release.namespace || home))]
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

// Without one in the helmfile it is kubectl's usual place; $KUBECONFIG never decides.
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
