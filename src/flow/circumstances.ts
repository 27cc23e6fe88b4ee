import {join} from 'node:path'
import type {Cluster} from '../cluster/client.ts'
import type {RunRecord} from '../journal/record.ts'
import type {DigestedFiles} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import type {CapturedRelease} from '../tools/capture.ts'
import type {Helm} from '../tools/helm.ts'
import {type PulledChart, pullChart} from '../tools/pull-chart.ts'
import type {ProvenPlace} from '../version/same-place.ts'
import type {StateEffect} from './given-effect.ts'
import type {SiteKey} from './outside-files.ts'
import type {CommitReads} from './ride-along.ts'
import type {World} from './world.ts'

/** What the releases of one run have in common: found out once, by whichever comes first. */
export type Shared = {
  /** Charts that this run has fetched or is fetching, by helm's major version, reference and version. */
  pulls: Map<string, Promise<PulledChart>>
  /** Where a chart's version was found to be written, by the chart's directory. */
  proofs: Map<string, Promise<ProvenPlace | undefined>>
  commits: CommitReads
}

/** Where and for what a release is rendered. */
export type Circumstances = {
  environment: string
  intent: DeployIntent
  world: World
  helm: Helm
  cluster: Cluster
  shared: Shared
  records: Promise<readonly RunRecord[]>
  stateEffect: StateEffect
  siteKey: SiteKey
  /** What the values come from beside the charts repository. */
  outside: DigestedFiles
  givesStateValues: boolean
  /** The service's, in the snapshot. */
  directory: string
  /** Of releases that name none: the kubeconfig's. */
  homeNamespace: string
}

/** The chart of a release, fetched from its repository by the first release that needs it. */
export async function pullOnce(
  captured: CapturedRelease,
  {helm, shared, world}: Pick<Circumstances, 'helm' | 'shared' | 'world'>,
): Promise<PulledChart> {
  const at = captured.argv.indexOf('--version')
  const versionArgs = at < 0 ? [] : captured.argv.slice(at, at + 2)
  const key = [await fetchingAlike(helm), captured.chart, ...versionArgs].join(' ')
  const {pulls} = shared
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

// Those of one major version fetch the same from the same repositories; while one changes in production, another runs in staging.
async function fetchingAlike(helm: Helm): Promise<string> {
  const major = /^v\d+\./.exec(await helm.version())
  return major?.[0] ?? helm.path
}
