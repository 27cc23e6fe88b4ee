import type {ReleaseReading} from '../cluster/releases.ts'
import {imagesIn} from '../diff/images.ts'
import type {KubernetesObject} from '../diff/manifests.ts'
import type {LiveDrift} from '../plan/drift.ts'
import type {ReleaseFacts, ReleaseRef, RevisionFacts} from '../plan/facts.ts'
import {isSameRelease, releaseKey} from '../plan/release-ref.ts'
import {newImages} from '../plan/image-answers.ts'
import type {PastRelease} from '../plan/origin.ts'
import {liveOrigin, liveOverride} from '../plan/past.ts'
import {type CapturedRelease, setChartPath, setGivenWords} from '../tools/capture.ts'
import type {HelmfileState} from '../tools/helmfile-state.ts'
import {placeOf} from '../version/place.ts'
import {type Circumstances, pullOnce} from './circumstances.ts'
import {givenTo, lostTexts, podRestartOf, wantedSetWords, withSetWords} from './given-values.ts'
import {digestGiven} from './outside-files.ts'
import {isHeldSince} from './held-since.ts'
import {pastOf} from './past-of.ts'
import {driftSince} from './read-drift.ts'
import {renderAsked} from './render-asked.ts'
import {render, type Rendering} from './render-release.ts'
import {revisionFactsOf} from './revision-facts.ts'
import {readRideAlong} from './ride-along.ts'

/** Render one release with the version that was asked for, and set beside it what helm has deployed. */
export async function gatherRelease(
  captured: CapturedRelease,
  reading: Promise<ReleaseReading | undefined>,
  state: HelmfileState,
  circumstances: Circumstances,
): Promise<ReleaseFacts> {
  // What runs is read while the chart comes.
  const living = readLiveRelease(reading, circumstances)
  living.catch(() => {})
  const pulled = await pullOnce(captured, circumstances)
  const [{stored, deployed, drifting}, records] = await Promise.all([
    living,
    circumstances.records,
    setChartPath(captured, pulled.path),
  ])
  const inItsNamespace = ({name, namespace}: ReleaseRef) => ({
    name,
    namespace: namespace || circumstances.homeNamespace,
  })
  const past = pastOf(records, inItsNamespace(captured))
  const tag = wantedTag(circumstances, inItsNamespace(captured), past, deployed)
  const written = state.releases.find(release =>
    isSameRelease(inItsNamespace(release), inItsNamespace(captured)),
  )
  const {world} = circumstances
  const against = stored === undefined ? 'install' : 'upgrade'
  const setWords = wantedSetWords(world, past, deployed)
  await setGivenWords(captured, setWords)
  const renderingWith = (words: readonly string[]): Rendering => ({
    captured: withSetWords(captured, words),
    pulled,
    against,
    circumstances,
  })
  const place =
    stored?.deployed &&
    deployed &&
    placeOf(stored.deployed.config, pulled.chart.name, imagesIn(deployed.objects))
  const asking = renderAsked(tag, renderingWith(setWords), written, place)
  asking.catch(() => {})
  // While helm renders.
  const others = [...state.environments, ...state.releases.map(release => release.name)].filter(
    name => name !== circumstances.environment && name !== captured.name,
  )
  const riding =
    deployed && readRideAlong({captured, written, past, deployed, others, chart: pulled.chart}, circumstances)
  riding?.catch(() => {})
  const holding = isHeldSince(past, deployed, world)
  holding.catch(() => {})
  const {objects, ...version} = await asking
  world.secrecy.learnFrom(objects)
  const renderGiven = (words: readonly string[]) => render(renderingWith(words), against, version.override)
  const given = await givenTo(captured, setWords, objects, renderGiven, circumstances)
  const givenBefore = (deployed && liveOrigin(past, deployed).made?.given) ?? []
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
    given,
    lost: await lostTexts(givenBefore, given, objects, word => renderGiven([...setWords, word])),
    takesOwnership: written?.takesOwnership ?? false,
    podRestart: podRestartOf(written, world),
    past,
    ...((await holding) ? {isHeldSince: true} : {}),
    ridesAlong: await riding,
    values: await digestGiven(
      withSetWords(captured, setWords),
      pulled.chart,
      version.override,
      circumstances.siteKey,
    ),
    drift: await drifting,
    deployed,
    latest: stored?.latest,
  }
  // The answers come while others are rendered.
  for (const image of newImages(facts)) void world.registry.ask(image)
  return facts
}

type LiveRelease = {
  stored: ReleaseReading | undefined
  deployed: RevisionFacts | undefined
  drifting: Promise<LiveDrift>
}

async function readLiveRelease(
  reading: Promise<ReleaseReading | undefined>,
  {cluster, world}: Circumstances,
): Promise<LiveRelease> {
  const stored = await reading
  const deployed = stored?.deployed && (await revisionFactsOf(stored.deployed, world))
  const drifting = driftSince(deployed, stored?.latest, cluster, world)
  drifting.catch(() => {})
  return {stored, deployed, drifting}
}

// `--keep-override`: what runs is what is wanted, where nothing else was asked for.
function wantedTag(
  {intent: {version}, environment, world}: Circumstances,
  release: ReleaseRef,
  past: readonly PastRelease[],
  deployed: RevisionFacts | undefined,
): string | undefined {
  if (version.kind === 'tag') return version.tag
  if (version.kind === 'per-release') return version.tags[release.name]
  if (version.kind === 'by-environment') return version.tags[environment]?.[releaseKey(release)]
  return world.options.override === 'keep' ? liveOverride(past, deployed)?.tag : undefined
}

function isHook(object: KubernetesObject): boolean {
  return object.body.metadata?.annotations?.['helm.sh/hook'] !== undefined
}
