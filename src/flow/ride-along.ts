import type {ChartRef, DigestedFiles, RevisionFacts} from '../plan/facts.ts'
import type {PastRelease} from '../plan/origin.ts'
import {liveOrigin} from '../plan/past.ts'
import {
  type CommitList,
  type LastDeployed,
  type OutsideChange,
  outsideChanges,
  type RideAlong,
} from '../plan/ride-along.ts'
import type {CapturedRelease} from '../tools/capture.ts'
import {commitsAfter, commitsBetween, type CommitsBetween} from '../tools/commits.ts'
import type {StateRelease} from '../tools/helmfile-state.ts'
import {asWritten} from './outside-files.ts'
import {filesOutside, pathsInTree} from './tree-paths.ts'
import type {World} from './world.ts'

/** What git said already in this run: releases and environments often share their past. */
export type CommitReads = Map<string, Promise<CommitsBetween | CommitList | undefined>>

export type RideAlongSite = {
  world: Pick<World, 'snapshot' | 'settings' | 'tree'>
  /** The service's directory in the snapshot. */
  directory: string
  outside: DigestedFiles
  shared: {commits: CommitReads}
  /** Beside what helmfile reads for the environment. */
  givesStateValues: boolean
}

export type DeployedRelease = {
  captured: CapturedRelease
  written: StateRelease | undefined
  /** The other environments and releases of the service. */
  others: readonly string[]
  past: readonly PastRelease[]
  deployed: RevisionFacts
  /** What is deployed now: a chart's version is published once. */
  chart: ChartRef
}

/** What comes along with one release since what runs now was deployed. */
export async function readRideAlong(release: DeployedRelease, site: RideAlongSite): Promise<RideAlong> {
  const {directory, outside, world} = site
  const {captured, written, others, chart, deployed} = release
  const isChartNew = chart.name !== deployed.chart.name || chart.version !== deployed.chart.version
  const root = await world.snapshot
  const [paths, files] = await Promise.all([
    pathsInTree({root, checkout: world.tree.root}, directory, captured.chart, written, others, isChartNew),
    filesOutside(root, directory, written),
  ])
  const {run, ...found} = await readCommits(release, paths, site)
  const names = files.map(file => asWritten(file, world.settings.substitutions))
  const changes = outsideChanges(run?.outside, outside, names)
  return {...found, outside: changes.filter(change => !isReplaced(change, written, site))}
}

// A file of helmfile's own values, of which only kubernetesVersion and the like are wanted: state values say it instead.
function isReplaced(
  {kind, path}: OutsideChange,
  written: StateRelease | undefined,
  {givesStateValues, world}: RideAlongSite,
): boolean {
  const ofEnvironment = (written?.environmentFiles ?? []).map(file =>
    asWritten(file, world.settings.substitutions),
  )
  return kind === 'gone' && givesStateValues && ofEnvironment.includes(path)
}

type Found = Omit<RideAlong, 'outside'> & {run: PastRelease | undefined}

// Those since the run that made what runs now; where that was not deploy, those that are younger than the revision.
async function readCommits(
  {past, deployed}: DeployedRelease,
  paths: readonly string[],
  {world, shared}: RideAlongSite,
): Promise<Found> {
  const {root, commit, commitTime} = world.tree
  const run = liveOrigin(past, deployed).made
  const since = lastDeployed(run, deployed)
  if (commit === undefined) return {...nothingKnown, since, run}
  // Most deployments are of a commit that stands there already: git need not be asked, twice a release.
  if (since.kind === 'run' && since.commit === commit) return {...nothingKnown, since, run}
  if (since.kind === 'run') {
    const between = await once(shared.commits, [since.commit, ...paths], () =>
      commitsBetween(root, since.commit, commit, paths),
    )
    if (between !== undefined) return {since, commits: between.added, takenBack: between.takenBack, run}
  }
  const at = deployed.updatedAt
  if (since.kind === 'time' && isBefore(commitTime, at)) return {...nothingKnown, since, run}
  const commits = await once(shared.commits, [at, ...paths], () => commitsAfter(root, at, commit, paths))
  const why = since.kind === 'run' ? 'commit-unknown-here' : since.why
  return {...nothingKnown, since: byTime(deployed, why), commits: commits ?? none, run}
}

function isBefore(commitTime: string | undefined, at: string): boolean {
  return commitTime !== undefined && Date.parse(commitTime) < Date.parse(at)
}

function lastDeployed(run: PastRelease | undefined, deployed: RevisionFacts): LastDeployed {
  return run?.commit === undefined
    ? byTime(deployed, 'not-by-deploy')
    : {kind: 'run', runId: run.runId, commit: run.commit, at: run.startedAt}
}

const none: CommitList = {newest: [], total: 0, isCut: false, command: ''}
const nothingKnown = {commits: none, takenBack: none}

function byTime(
  {revision, updatedAt}: RevisionFacts,
  why: Extract<LastDeployed, {kind: 'time'}>['why'],
): LastDeployed {
  return {kind: 'time', revision, at: updatedAt, why}
}

function once<T extends CommitsBetween | CommitList | undefined>(
  reads: CommitReads,
  asked: readonly string[],
  read: () => Promise<T>,
): Promise<T> {
  const key = asked.join('\0')
  const known = reads.get(key) as Promise<T> | undefined
  if (known) return known
  const reading = read()
  reads.set(key, reading)
  return reading
}
