import type {ReleaseReading} from '../cluster/releases.ts'
import {imagesIn} from '../diff/images.ts'
import type {KubernetesObject} from '../diff/manifests.ts'
import type {ReleaseFacts, ReleaseRef, RevisionFacts} from '../plan/facts.ts'
import {releaseKey} from '../plan/release-ref.ts'
import {newImages} from '../plan/image-answers.ts'
import type {PastRelease} from '../plan/origin.ts'
import {liveOrigin, liveOverride} from '../plan/past.ts'
import type {CapturedRelease} from '../tools/capture.ts'
import type {HelmfileState} from '../tools/helmfile-state.ts'
import {placeOf} from '../version/place.ts'
import type {Circumstances} from './circumstances.ts'
import {inItsNamespace, type ReadRelease, readRelease} from './read-release.ts'
import {givenTo, lostTexts, podRestartOf, withSetWords} from './given-values.ts'
import {digestGiven} from './outside-files.ts'
import {isHeldSince} from './held-since.ts'
import {renderAsked} from './render-asked.ts'
import {render, type Rendered, type Rendering} from './render-release.ts'
import {readRideAlong} from './ride-along.ts'

/** Render one release with the version that was asked for, and set beside it what helm has deployed. */
export async function gatherRelease(
  captured: CapturedRelease,
  reading: Promise<ReleaseReading | undefined>,
  state: HelmfileState,
  circumstances: Circumstances,
): Promise<ReleaseFacts> {
  const release = await readRelease(captured, reading, state, circumstances)
  const {setWords} = release
  const asking = askedOf(release, circumstances)
  asking.catch(() => {})
  const history = readHistory(release, state, circumstances)
  history.catch(() => {})
  const {objects, ...version} = await asking
  circumstances.world.secrecy.learnFrom(objects)
  const renderGiven = (words: readonly string[]) => {
    const rendering = renderingOf(release, words, circumstances)
    return render(rendering, rendering.against, version.override)
  }
  const given = await givenTo(captured, setWords, objects, renderGiven, circumstances)
  const givenBefore = (release.deployed && liveOrigin(release.past, release.deployed).made?.given) ?? []
  const facts: ReleaseFacts = {
    ...inItsNamespace(captured, circumstances),
    ...writtenFacts(release, circumstances),
    ...(await history),
    wanted: objects.filter(object => !isHook(object)),
    wantedHooks: objects.filter(isHook),
    versionOverride: version.override,
    versionPlace: version.place,
    given,
    lost: await lostTexts(givenBefore, given, objects, word => renderGiven([...setWords, word])),
    values: await digestGiven(
      withSetWords(captured, setWords),
      release.pulled.chart,
      version.override,
      circumstances.siteKey,
    ),
    drift: await release.drift(),
  }
  // The answers come while others are rendered.
  for (const image of newImages(facts)) void circumstances.world.registry.ask(image)
  return facts
}

function askedOf(release: ReadRelease, circumstances: Circumstances): Promise<Rendered> {
  const {captured, stored, deployed, pulled, past, written, setWords} = release
  const tag = wantedTag(circumstances, inItsNamespace(captured, circumstances), past, deployed)
  const place =
    stored?.deployed &&
    deployed &&
    placeOf(stored.deployed.config, pulled.chart.name, imagesIn(deployed.objects))
  return renderAsked(tag, renderingOf(release, setWords, circumstances), written, place)
}

// Read while helm renders.
async function readHistory(
  {captured, written, past, deployed, pulled}: ReadRelease,
  state: HelmfileState,
  circumstances: Circumstances,
): Promise<Pick<ReleaseFacts, 'ridesAlong' | 'isHeldSince'>> {
  const others = [...state.environments, ...state.releases.map(release => release.name)].filter(
    name => name !== circumstances.environment && name !== captured.name,
  )
  const riding =
    deployed && readRideAlong({captured, written, past, deployed, others, chart: pulled.chart}, circumstances)
  const [ridesAlong, isHeld] = await Promise.all([riding, isHeldSince(past, deployed, circumstances.world)])
  return {ridesAlong, ...(isHeld ? {isHeldSince: true} : {})}
}

function writtenFacts({written, pulled, past, deployed, stored}: ReadRelease, {world}: Circumstances) {
  return {
    chart: pulled.chart,
    needs: written?.needs ?? [],
    hasPostHook: written?.hasPostHook ?? false,
    timeoutMs: written?.timeoutMs ?? 300_000,
    takesOwnership: written?.takesOwnership ?? false,
    podRestart: podRestartOf(written, world),
    past,
    deployed,
    latest: stored?.latest,
  }
}

function renderingOf(
  {captured, pulled, stored, drift}: ReadRelease,
  words: readonly string[],
  circumstances: Circumstances,
): Rendering {
  const against = stored === undefined ? 'install' : 'upgrade'
  const meanwhile = () => void drift().catch(() => {})
  return {captured: withSetWords(captured, words), pulled, against, circumstances, meanwhile}
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
