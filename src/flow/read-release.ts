import type {ReleaseReading} from '../cluster/releases.ts'
import type {LiveDrift} from '../plan/drift.ts'
import type {ReleaseRef, RevisionFacts} from '../plan/facts.ts'
import type {PastRelease} from '../plan/origin.ts'
import {type CapturedRelease, setChartPath, setGivenWords} from '../tools/capture.ts'
import type {HelmfileState, StateRelease} from '../tools/helmfile-state.ts'
import type {PulledChart} from '../tools/pull-chart.ts'
import {type Circumstances, pullOnce} from './circumstances.ts'
import {writtenOf} from './environment-facts.ts'
import {wantedSetWords} from './given-values.ts'
import {pastOf} from './past-of.ts'
import {driftSince} from './read-drift.ts'
import {revisionFactsOf} from './revision-facts.ts'

/** A release before it is rendered: its chart, what is written of it, what runs, and what is known of that. */
export type ReadRelease = LiveRelease & {
  captured: CapturedRelease
  pulled: PulledChart
  written: StateRelease | undefined
  past: readonly PastRelease[]
  /** The words of `--set`. */
  setWords: readonly string[]
}

type LiveRelease = {
  stored: ReleaseReading | undefined
  deployed: RevisionFacts | undefined
  /** What was changed by hand since, read once, when it is first asked for. */
  drift: () => Promise<LiveDrift>
}

/** Read what runs while the chart comes. */
export async function readRelease(
  captured: CapturedRelease,
  reading: Promise<ReleaseReading | undefined>,
  state: HelmfileState,
  circumstances: Circumstances,
): Promise<ReadRelease> {
  const living = readLiveRelease(reading, circumstances)
  living.catch(() => {})
  const pulled = await pullOnce(captured, circumstances)
  const [live, records] = await Promise.all([
    living,
    circumstances.records,
    setChartPath(captured, pulled.path),
  ])
  const ref = inItsNamespace(captured, circumstances)
  const past = pastOf(records, ref)
  const written = writtenOf(ref, state, circumstances)
  const setWords = wantedSetWords(circumstances.world, past, live.deployed)
  await setGivenWords(captured, setWords)
  return {...live, captured, pulled, written, past, setWords}
}

/** Releases that name no namespace are in the kubeconfig's. */
export function inItsNamespace({name, namespace}: ReleaseRef, {homeNamespace}: Circumstances): ReleaseRef {
  return {name, namespace: namespace || homeNamespace}
}

async function readLiveRelease(
  reading: Promise<ReleaseReading | undefined>,
  {cluster, world}: Circumstances,
): Promise<LiveRelease> {
  const stored = await reading
  const deployed = stored?.deployed && (await revisionFactsOf(stored.deployed, world))
  let drifting: Promise<LiveDrift> | undefined
  const drift = () => (drifting ??= driftSince(deployed, stored?.latest, cluster, world))
  return {stored, deployed, drift}
}
