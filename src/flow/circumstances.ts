import {isAbsolute, join} from 'node:path'
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
  /** Charts that this run has fetched or is fetching, by helm's major version, or its path, and the chart's reference and version. */
  pulls: Map<string, Pull>
  /** Where a chart's version was found to be written, by the chart's directory. */
  proofs: Map<string, Promise<ProvenPlace | undefined>>
  commits: CommitReads
}

/** @property by the path of the helm that fetches it */
type Pull = {by: string; pulled: Promise<PulledChart>}

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

/**
 * The chart of a release, fetched from its repository by the first release that needs it. What one helm cannot fetch another one may.
 * @throws ToolError `bad-render` when the repository has no such chart
 */
export async function pullOnce(
  {chart, argv}: Pick<CapturedRelease, 'chart' | 'argv'>,
  {
    helm,
    shared,
    world,
  }: {helm: Helm; shared: Pick<Shared, 'pulls'>; world: Pick<World, 'runDirectory' | 'keptCharts'>},
): Promise<PulledChart> {
  const at = argv.indexOf('--version')
  const versionArgs = at < 0 ? [] : argv.slice(at, at + 2)
  const {pulls} = shared
  const pull = (fetcher: string): Pull => {
    const key = [fetcher, chart, ...versionArgs].join(' ')
    const known = pulls.get(key)
    if (known) return known
    const into = join(world.runDirectory, 'charts', String(pulls.size))
    const pulling = {by: helm.path, pulled: pullChart(helm, chart, versionArgs, into, world.keptCharts)}
    pulls.set(key, pulling)
    return pulling
  }
  const {by, pulled} = pull(isAbsolute(chart) ? 'any' : await fetchingAlike(helm))
  return pulled.catch((error: unknown) => {
    if (by === helm.path) throw error
    return pull(helm.path).pulled
  })
}

// Those of one major version fetch the same from the same repositories: the helms of staging and of production often differ.
async function fetchingAlike(helm: Helm): Promise<string> {
  const major = /^v\d+\./.exec(await helm.version())
  return major?.[0] ?? helm.path
}
