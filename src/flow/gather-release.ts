import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {parse} from 'yaml'
import type {ReleaseReading} from '../cluster/releases.ts'
import {imagesOf} from '../diff/images.ts'
import {type KubernetesObject, parseManifest} from '../diff/manifests.ts'
import {DeployError} from '../errors.ts'
import type {RunRecord} from '../journal/record.ts'
import type {ReleaseFacts, VersionOverride} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {newImages} from '../plan/image-answers.ts'
import {liveOverride, type PastRelease} from '../plan/past.ts'
import {type CapturedRelease, setChartPath, setGivenWords} from '../tools/capture.ts'
import {
  type Helm,
  type PulledChart,
  pullChart,
  type RenderedAgainst,
  renderRelease,
  writeVersionFile,
} from '../tools/helm.ts'
import type {HelmfileState, StateRelease} from '../tools/helmfile.ts'
import {
  findVersionPlaces,
  mergeValues,
  preferredPlace,
  valueAt,
  valuesFor,
  type VersionPlace,
} from '../version/place.ts'
import {splitImage} from '../version/tag.ts'
import type {StateEffect} from './given-effect.ts'
import {givenTo, podRestartOf, wantedSetWords, withSetWords} from './given-values.ts'
import {revisionFactsOf} from './revision-facts.ts'
import {siteOf} from './sites.ts'
import {outsideOrigin} from './values-origin.ts'
import type {World} from './world.ts'

/** Charts that this run has fetched or is fetching, by reference and version. */
export type Pulls = Map<string, Promise<PulledChart>>

type Circumstances = {
  environment: string
  intent: DeployIntent
  world: World
  helm: Helm
  pulls: Pulls
  records: Promise<readonly RunRecord[]>
  stateEffect: StateEffect
  /** Of releases that name none: the kubeconfig's. */
  homeNamespace: string
}

type Reference = {against: RenderedAgainst; override: VersionOverride | undefined}

/** Render one release with the version that was asked for, and set beside it what helm has deployed. */
export async function gatherRelease(
  captured: CapturedRelease,
  reading: Promise<ReleaseReading | undefined>,
  state: HelmfileState,
  circumstances: Circumstances,
): Promise<ReleaseFacts> {
  const pulled = await pullOnce(captured, circumstances)
  await setChartPath(captured, pulled.path)
  // The chart comes while the cluster is being read.
  const [stored, records] = await Promise.all([reading, circumstances.records])
  const deployed = stored?.deployed === undefined ? undefined : revisionFactsOf(stored.deployed)
  circumstances.world.secrecy.learnFrom(deployed?.objects ?? [])
  const past = pastOf(records, captured.name)
  const tag = wantedTag(circumstances, captured.name, past, deployed?.revision)
  const written = state.releases.find(release => isSame(release, captured))
  const setWords = wantedSetWords(circumstances.world, past, deployed?.revision)
  await setGivenWords(captured, setWords)
  const called = withSetWords(captured, setWords)
  const version = await findVersion(tag, called, pulled, written, circumstances)
  const reference: Reference = {
    against: stored === undefined ? 'install' : 'upgrade',
    override: version.override,
  }
  const objects = await render(called, pulled, reference, circumstances)
  circumstances.world.secrecy.learnFrom(objects)
  const facts: ReleaseFacts = {
    namespace: captured.namespace || circumstances.homeNamespace,
    name: captured.name,
    chart: pulled.chart,
    needs: written?.needs ?? [],
    hasPostHook: written?.hasPostHook ?? false,
    timeoutMs: written?.timeoutMs ?? 300_000,
    wanted: objects.filter(object => !isHook(object)),
    wantedHooks: objects.filter(isHook),
    versionOverride: version.override,
    versionPlace: version.place,
    given: await givenTo(
      captured,
      setWords,
      objects,
      words => render(withSetWords(captured, words), pulled, reference, circumstances),
      circumstances,
    ),
    podRestart: podRestartOf(written, circumstances.world),
    past,
    deployed,
    latest: stored?.latest,
  }
  // The answers come while others are rendered.
  for (const image of newImages(facts)) void circumstances.world.registry.ask(image)
  return facts
}

function pullOnce(captured: CapturedRelease, {helm, pulls, world}: Circumstances): Promise<PulledChart> {
  const at = captured.argv.indexOf('--version')
  const versionArgs = at < 0 ? [] : captured.argv.slice(at, at + 2)
  const key = [captured.chart, ...versionArgs].join(' ')
  const known = pulls.get(key)
  if (known) return known
  const pulling = pullChart(
    helm,
    captured.chart,
    versionArgs,
    join(world.runDirectory, 'charts', String(pulls.size)),
  )
  pulls.set(key, pulling)
  return pulling
}

type FoundVersion = {override: VersionOverride | undefined; place: VersionPlace | undefined}

async function findVersion(
  tag: string | undefined,
  captured: CapturedRelease,
  pulled: PulledChart,
  written: StateRelease | undefined,
  circumstances: Circumstances,
): Promise<FoundVersion> {
  if (tag === undefined) return {override: undefined, place: undefined}
  const [values, rendered] = await Promise.all([
    mergedValues(captured, pulled),
    render(captured, pulled, {against: 'nothing', override: undefined}, circumstances),
  ])
  const images = rendered.flatMap(object => imagesOf(object).map(({image}) => image))
  const places = findVersionPlaces(values, images)
  if (places.length === 0) return {override: undefined, place: undefined}
  const place = preferredPlace(places, pulled.chart.name, images)
  if (place === undefined) throw ambiguous(captured.name, tag, places)
  if (place.current !== tag) await refuseOutside(captured, written, place, circumstances)
  return place.current === tag
    ? {override: undefined, place}
    : {override: {path: place.path, value: writtenAt(place, tag, captured.name), tag}, place}
}

// What another program writes is that program's to change: it would be undone at its next turn.
async function refuseOutside(
  captured: CapturedRelease,
  written: StateRelease | undefined,
  place: VersionPlace,
  {world}: Circumstances,
): Promise<void> {
  if (world.options.isOverrideAllowed || written === undefined) return
  const {directory} = await siteOf(world)
  const file = await outsideOrigin(captured, written, directory, place.path)
  if (file === undefined) return
  throw new DeployError(
    'usage',
    `set the version of ${captured.name}: ${file} decides it, which is not in the repository.`,
    {
      hint: 'Change it with the tool that writes that file, or say --override if this is meant.',
    },
  )
}

function isSame(release: {namespace: string; name: string}, captured: CapturedRelease): boolean {
  return (
    release.name === captured.name && (captured.namespace === '' || release.namespace === captured.namespace)
  )
}

function writtenAt(place: VersionPlace, tag: string, releaseName: string): string {
  const value = valueAt(place, tag)
  if (value !== undefined) return value
  const rest = place.form.kind === 'start-of-tag' ? place.form.rest : ''
  throw new DeployError(
    'usage',
    `set the version of ${releaseName} to ${tag}: its chart adds ${rest} to every tag.`,
    {
      hint: `Use a tag that ends in ${rest}, such as ${place.current}.`,
    },
  )
}

// `--keep-override`: what runs is what is wanted, where nothing else was asked for.
function wantedTag(
  {intent, world}: Circumstances,
  releaseName: string,
  past: readonly PastRelease[],
  liveRevision: number | undefined,
): string | undefined {
  if (intent.version.kind === 'tag') return intent.version.tag
  if (intent.version.kind === 'per-release') return intent.version.tags[releaseName]
  return world.options.override === 'keep' ? liveOverride(past, liveRevision) : undefined
}

function pastOf(records: readonly RunRecord[], releaseName: string): PastRelease[] {
  return records.flatMap(({runId, outcome, kind, releases}) =>
    releases
      .filter(one => one.name === releaseName)
      .map(({override, given, after, restored, images}) => ({
        runId,
        isGood: outcome === 'deployed',
        isRolledBack: kind === 'deploy' && (outcome === 'rolled-back' || outcome === 'partly-back'),
        override: override ?? null,
        given: given ?? [],
        after,
        restored,
        images,
      })),
  )
}

async function mergedValues(captured: CapturedRelease, pulled: PulledChart): Promise<unknown> {
  const files = await Promise.all(captured.valuesFiles.map(file => readFile(file, 'utf8')))
  return files
    .map(text => parse(text, {merge: true, uniqueKeys: false}) ?? {})
    .reduce(mergeValues, pulled.values)
}

async function render(
  captured: CapturedRelease,
  pulled: PulledChart,
  {against, override}: Reference,
  {environment, helm, homeNamespace}: Circumstances,
): Promise<KubernetesObject[]> {
  const at = captured.argv.indexOf('template') + 2
  const argv = captured.argv.with(at, pulled.path)
  const versionArgs =
    override === undefined
      ? []
      : ['--values', await writeVersionFile(captured.directory, valuesFor(override.path, override.value))]
  const doing = `render ${captured.name} for ${environment}`
  const text = await renderRelease(helm, [...argv, ...versionArgs], against, doing)
  const objects = parseManifest(text, captured.namespace || homeNamespace)
  if (override !== undefined) proveVersion(objects, override, captured.name)
  return objects
}

// `setTemplate` and the like win over values files, so the render itself is asked.
function proveVersion(
  objects: readonly KubernetesObject[],
  override: VersionOverride,
  releaseName: string,
): void {
  const images = objects.flatMap(object => imagesOf(object).map(({image}) => splitImage(image)))
  const reaches = images.some(
    ({tag, digest}) => (digest === undefined ? tag : `${tag}@${digest}`) === override.tag,
  )
  if (reaches) return
  throw new DeployError(
    'usage',
    `set the version of ${releaseName}: ${override.path.join('.')} does not decide its image.`,
    {
      hint: 'Change the values in the charts repository instead, then run deploy without --version.',
    },
  )
}

function ambiguous(releaseName: string, tag: string, places: readonly VersionPlace[]): DeployError {
  const lines = places.map(place => `  ${place.path.join('.')} = ${place.current}  (${place.imageName})`)
  return new DeployError(
    'usage',
    `set the version of ${releaseName} to ${tag}: several places could be meant:\n${lines.join('\n')}`,
    {
      hint: 'Change the values in the charts repository instead, then run deploy without --version.',
    },
  )
}

function isHook(object: KubernetesObject): boolean {
  return object.body.metadata?.annotations?.['helm.sh/hook'] !== undefined
}
