import type {ReleaseReading} from '../cluster/releases.ts'
import type {EnvironmentFacts, ReleaseFacts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {isSameRelease} from '../plan/release-ref.ts'
import {cancelCapture, type CapturedRelease, captureReleases, type LauncherSite} from '../tools/capture.ts'
import {openHelm} from '../tools/helm.ts'
import type {HelmfileState} from '../tools/helmfile-state.ts'
import {closingOnFailure, factsOf, inStateOrder} from './environment-facts.ts'
import {gatherRelease} from './gather-release.ts'
import {stateEffectOf} from './given-effect.ts'
import {type Circumstances, pullOnce, type Shared} from './circumstances.ts'
import {
  type EnvironmentSite,
  helmPlace,
  type OpenEnvironment,
  openEnvironment,
  type SkippedEnvironment,
} from './open-environment.ts'
import {digestFiles, openSiteKey, type OutsideFiles, type SiteKey} from './outside-files.ts'
import {readNotInstalled} from './not-installed.ts'
import {noteDatedValues} from './dated-values.ts'
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
  const asked = {asked: intent.environments, selectors: intent.selectors}
  const opening = openEnvironment(environment, asked, launcherSite, world)
  const capturing = captureReleases(launcherSite, environment, intent.selectors)
  capturing.catch(() => {})
  pullWithLikely(capturing, environment, launcherSite, {shared, world}).catch(() => {})
  const opened = await openOrCancel(opening, capturing, launcherSite)
  if (opened.kind === 'skipped') return opened
  const facts = await closingOnFailure(opened.site, () =>
    readFacts(opened, capturing, {intent, world, shared}),
  )
  return {kind: 'read', site: opened.site, facts}
}

/** What the run wants of every environment, and what its environments have in common. */
type Run = {intent: DeployIntent; world: World; shared: Shared}

async function openOrCancel(
  opening: Promise<OpenEnvironment | SkippedEnvironment>,
  capturing: Promise<unknown>,
  launcherSite: LauncherSite,
): Promise<OpenEnvironment | SkippedEnvironment> {
  const opened = await opening.catch(async (error: unknown) => {
    await cancelCapture(launcherSite)
    throw error
  })
  if (opened.kind === 'open') return opened
  await cancelCapture(launcherSite)
  await capturing.catch(() => {})
  return opened
}

async function readFacts(
  opened: OpenEnvironment,
  capturing: Promise<readonly CapturedRelease[]>,
  run: Run,
): Promise<EnvironmentFacts> {
  const {state, site} = opened
  const {shared, world} = run
  const opening = openSiteKey(site.cluster, site.namespaces, world.service.name)
  const others = readNotInstalled(site.cluster, state)
  others.catch(() => {})
  const captured = await capturing
  for (const one of captured) pullOnce(one, {helm: site.helm, shared, world}).catch(() => {})
  const siteKey = await opening
  site.siteKey = siteKey
  site.outside = await digestOutside(state, siteKey, site.launcherSite, world)
  site.launcherKeys = new Map(
    captured.map(one => [`${one.namespace || (site.cluster.namespace ?? 'default')}/${one.name}`, one.key]),
  )
  const releases = await gatherReleases(captured, opened, circumstancesOf(opened, siteKey, site.outside, run))
  return {
    ...factsOf(
      site.environment,
      opened.environmentClass,
      site.cluster,
      inStateOrder(releases, state, site),
      await others,
    ),
    outside: site.outside.digested,
  }
}

async function gatherReleases(
  captured: readonly CapturedRelease[],
  {site, state, stored}: OpenEnvironment,
  circumstances: Circumstances,
): Promise<ReleaseFacts[]> {
  const {environment, intent, world} = circumstances
  const dated = {site: site.launcherSite, environment, selectors: intent.selectors, helmPath: site.helm.path}
  const noting = noteDatedValues(captured, dated, world)
  noting.catch(() => {})
  const releases = await allOrFirst(
    captured.map(one => {
      const reading = stored.then(readings => find(readings, one, site))
      // It may fail before anybody waits for it.
      reading.catch(() => {})
      return gatherRelease(one, reading, state, circumstances)
    }),
  )
  await noting
  return releases
}

function circumstancesOf(
  {site, records}: OpenEnvironment,
  siteKey: SiteKey,
  outside: OutsideFiles,
  {intent, world, shared}: Run,
): Circumstances {
  const {environment, launcherSite, helm, cluster} = site
  return {
    environment,
    intent,
    world,
    helm,
    cluster,
    shared,
    stateEffect: stateEffectOf(launcherSite, environment, intent.selectors, helm.path, world),
    siteKey,
    outside: outside.digested,
    givesStateValues: launcherSite.stateArgs(environment).length > 0,
    directory: launcherSite.directory,
    records,
    homeNamespace: cluster.namespace ?? 'default',
  }
}

// Most likely the helmfile names the helm that it named last time: the charts come while helmfile still says so.
async function pullWithLikely(
  capturing: Promise<readonly CapturedRelease[]>,
  environment: string,
  site: LauncherSite,
  {shared, world}: {shared: Shared; world: World},
): Promise<void> {
  const name = await world.helms.namedFor(helmPlace(world, environment))
  if (name === undefined) return
  const helm = await openHelm(name, site)
  for (const one of await capturing) pullOnce(one, {helm, shared, world}).catch(() => {})
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
