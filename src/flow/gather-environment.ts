import type {Cluster} from '../cluster/client.ts'
import type {ReleaseReading} from '../cluster/releases.ts'
import {noDrift} from '../plan/drift.ts'
import type {EnvironmentClass, EnvironmentFacts, ReleaseFacts, ReleaseRef} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {isSameRelease} from '../plan/release-ref.ts'
import {cancelCapture, type CapturedRelease, captureReleases, type LauncherSite} from '../tools/capture.ts'
import type {HelmfileState, StateRelease} from '../tools/helmfile-state.ts'
import {gatherRelease} from './gather-release.ts'
import {stateEffectOf} from './given-effect.ts'
import {pullOnce, type Shared} from './circumstances.ts'
import {
  type Asked,
  type EnvironmentSite,
  namespacesOf,
  openEnvironment,
  type SkippedEnvironment,
} from './open-environment.ts'
import {digestFiles, openSiteKey, type OutsideFiles, type SiteKey} from './outside-files.ts'
import {readNotInstalled} from './not-installed.ts'
import {noteDatedValues} from './dated-values.ts'
import {revisionFactsOf} from './revision-facts.ts'
import {launcherSiteOf} from './sites.ts'
import {filesOutside} from './tree-paths.ts'
import type {World} from './world.ts'

export type GatheredEnvironment =
  | {kind: 'read'; facts: EnvironmentFacts; site: EnvironmentSite}
  | SkippedEnvironment

/** Read one environment: helmfile's state, every release's render, and what helm has deployed there. */
export async function gatherEnvironment(
  environment: string,
  intent: DeployIntent,
  world: World,
  shared: Shared,
): Promise<GatheredEnvironment> {
  const launcherSite = await launcherSiteOf(world, environment)
  // helmfile works the releases out while we learn which helm it wants and what the cluster has.
  const capturing = captureReleases(launcherSite, environment, intent.selectors)
  capturing.catch(() => {})
  const asked = {asked: intent.environments, selectors: intent.selectors}
  const opened = await openEnvironment(environment, asked, launcherSite, world).catch(
    async (error: unknown) => {
      await cancelCapture(launcherSite)
      throw error
    },
  )
  if (opened.kind === 'skipped') {
    await cancelCapture(launcherSite)
    await capturing.catch(() => {})
    return opened
  }
  const {state, site, environmentClass} = opened
  return closingOnFailure(site, async () => {
    const opening = openSiteKey(site.cluster, namespacesOf(site.cluster, state), world.service.name)
    const others = readNotInstalled(site.cluster, state)
    others.catch(() => {})
    const captured = await capturing
    for (const one of captured) pullOnce(one, {helm: site.helm, shared, world}).catch(() => {})
    const siteKey = await opening
    site.siteKey = siteKey
    site.outside = await digestOutside(state, siteKey, launcherSite, world)
    const outside = site.outside.digested
    site.launcherKeys = new Map(
      captured.map(one => [`${one.namespace || (site.cluster.namespace ?? 'default')}/${one.name}`, one.key]),
    )
    const stateEffect = stateEffectOf(launcherSite, environment, intent.selectors, site.helm.path, world)
    const circumstances = {
      environment,
      intent,
      world,
      helm: site.helm,
      cluster: site.cluster,
      shared,
      stateEffect,
      siteKey,
      outside,
      givesStateValues: launcherSite.stateArgs(environment).length > 0,
      directory: launcherSite.directory,
      records: opened.records,
      homeNamespace: site.cluster.namespace ?? 'default',
    }
    const dated = {site: launcherSite, environment, selectors: intent.selectors, helmPath: site.helm.path}
    const noting = noteDatedValues(captured, dated, world)
    noting.catch(() => {})
    const releases = await allOrFirst(
      captured.map(one => {
        const reading = opened.stored.then(stored => find(stored, one, site))
        // It may fail before anybody waits for it.
        reading.catch(() => {})
        return gatherRelease(one, reading, state, circumstances)
      }),
    )
    await noting
    return {
      kind: 'read',
      site,
      facts: {
        ...factsOf(
          environment,
          environmentClass,
          site.cluster,
          inStateOrder(releases, state, site),
          await others,
        ),
        outside,
      },
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
    const releases = await Promise.all(
      (await opened.stored).map(reading => liveRelease(reading, writtenOf(reading, state, site), world)),
    )
    return {
      kind: 'read',
      site,
      facts: factsOf(environment, environmentClass, site.cluster, inStateOrder(releases, state, site), []),
    }
  })
}

async function closingOnFailure<T>(site: EnvironmentSite, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    await site.cluster.close()
    throw error
  }
}

async function liveRelease(
  reading: ReleaseReading,
  written: StateRelease | undefined,
  world: World,
): Promise<ReleaseFacts> {
  const deployed = reading.deployed && (await revisionFactsOf(reading.deployed, world))
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
    versionPlace: undefined,
    given: [],
    podRestart: 'none',
    past: [],
    ridesAlong: undefined,
    values: undefined,
    drift: noDrift,
    deployed,
    latest: reading.latest,
  }
}

// Those that name no namespace are in the kubeconfig's.
function writtenOf(
  reading: ReleaseRef,
  state: HelmfileState,
  {cluster}: EnvironmentSite,
): StateRelease | undefined {
  const home = cluster.namespace ?? 'default'
  return state.releases.find(({name, namespace}) =>
    isSameRelease({name, namespace: namespace || home}, reading),
  )
}

function factsOf(
  environment: string,
  environmentClass: EnvironmentClass,
  cluster: Cluster,
  releases: readonly ReleaseFacts[],
  notInstalledHere: EnvironmentFacts['notInstalledHere'],
): EnvironmentFacts {
  return {
    name: environment,
    environmentClass,
    server: cluster.server,
    releases,
    notInstalledHere,
    outside: undefined,
  }
}

// Read after helmfile has read them: what changed in between is found before helm is started.
async function digestOutside(
  state: HelmfileState,
  siteKey: SiteKey,
  {directory}: LauncherSite,
  {snapshot, settings}: World,
): Promise<OutsideFiles> {
  const root = await snapshot
  const installed = state.releases.filter(release => release.isInstalled)
  const files = await Promise.all(installed.map(release => filesOutside(root, directory, release)))
  const names = [...new Set(files.flat())]
  return {names, digested: await digestFiles(names, siteKey, settings.substitutions)}
}

// Of several that cannot be read the same one is always told, whichever is quicker to fail.
async function allOrFirst<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises)
  return Promise.all(promises)
}

function find(
  stored: readonly ReleaseReading[],
  {name, namespace}: CapturedRelease,
  {cluster}: EnvironmentSite,
): ReleaseReading | undefined {
  const captured = {name, namespace: namespace || (cluster.namespace ?? 'default')}
  return stored.find(release => isSameRelease(release, captured))
}

function inStateOrder(
  releases: readonly ReleaseFacts[],
  state: HelmfileState,
  site: EnvironmentSite,
): ReleaseFacts[] {
  const placeOf = (release: ReleaseFacts) => {
    const written = writtenOf(release, state, site)
    return written === undefined ? -1 : state.releases.indexOf(written)
  }
  return releases.toSorted((a, b) => placeOf(a) - placeOf(b))
}
