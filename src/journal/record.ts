import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import {DeployError} from '../errors.ts'
import type {ExitKind} from '../exit-codes.ts'
import type {Failure} from '../plan/events.ts'
import type {DigestedFiles, EnvironmentClass, ReleaseRef, TreeFacts} from '../plan/facts.ts'
import type {VersionRequest} from '../plan/intent.ts'
import type {ImageDigests} from '../plan/outcome.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import type {KeptObjects} from './kept-objects.ts'
import {OURS} from './ours.ts'
import {runsIn, type StoredData, withRun} from './stored-runs.ts'
import {type UnlockRecord, unlocksIn, withUnlock} from './stored-unlocks.ts'

/** What the cluster remembers of one run in one environment. Holds no secret; readers bound to `view` see it. */
export type RunRecord = {
  schema: 1
  runId: string
  kind: 'deploy' | 'rollback'
  startedAt: string
  endedAt?: string
  by: string
  from: string
  message?: string
  commit?: string
  /** What lay in the charts repository: only of `clean` and `off-upstream` the commit says all. */
  tree?: TreeFacts['state']['kind']
  outcome?: ExitKind
  /** Runs of the same plan have the same. */
  planId?: string
  /** Of this record. */
  environment?: string
  /** Every environment of the run, in its order: their clusters hold the other parts of it. */
  environments?: readonly string[]
  /** What `resume` plans again. */
  request?: RecordedRequest
  /** The stages of this environment, in order. */
  stages?: readonly RecordedStage[]
  /** Why it failed, with the last lines of the log: bounded and masked. */
  failure?: RecordedFailure
  /** Who went on with it, the last one last. */
  resumedBy?: readonly RecordedFinisher[]
  /** Who undid it, or is about to: `endedAt` says whether it is done. */
  finishedBy?: RecordedFinisher
  releases: readonly RecordedRelease[]
  /** What the values came from beside the charts repository; none in runs of an older deploy. */
  outside?: DigestedFiles
}

export type RecordedRequest = {
  version: VersionRequest
  selectors: readonly string[]
  /** Values that were given beside git's, as flags; secret ones are hidden. */
  given?: readonly string[]
}

/** Another process, with a run id of its own. */
export type RecordedFinisher = {runId: string; by: string; from: string; at: string}

/**
 * How far a stage got. Written before the step that it names: `begun` says that helm may have changed something,
 * `going-back` that some of it may be back.
 */
export type RecordedStage = {
  name: string
  environmentClass: EnvironmentClass
  state: 'waiting' | 'begun' | 'healthy' | 'failed' | 'going-back' | 'back'
}

export type RecordedFailure = {stage: string; failure: Failure}

export type RecordedRelease = {
  name: string
  /** None in records of an older deploy: the record's own. */
  namespace?: string
  /** The stage it belongs to. */
  stage?: string
  action?: RecordedAction
  /** helm's newest revision when the plan was made, whatever became of it; none for a first install. */
  latestBefore?: number | null
  /** `name-version`. */
  chart?: {before: string | null; after: string}
  timeoutMs?: number
  /** helm's revision before the run; none for a first install. */
  before: number | null
  after: number | null
  /** The revision that going back made, when the run failed. */
  restored: number | null
  images: readonly string[]
  /** Of those images that the registry was asked for; none in runs of an older deploy. */
  digests?: ImageDigests
  /** The version that was given beside git's; none when it was git's. */
  override: string | null
  /** When an image was rolled back: the revision whose image it was given. Its run counts as a deployment, for an older deploy, too. */
  imageOf?: number
  /** The version that git held then; none where it was not looked at, and in runs of an older deploy. */
  gitVersion?: string
  /** Values that were given beside git's, as flags (`--set KEY=VALUE`); secret ones are hidden. */
  given?: readonly string[]
  /** Keyed digest of what helmfile gave helm for it: values, arguments, chart version. */
  values?: string
}

export type RecordedAction =
  | {kind: 'install' | 'upgrade' | 'uninstall'}
  | {kind: 'rollback'; toRevision: number}

export type RecordPlace = {cluster: Cluster; namespace: string; service: string}

/** The runs of a service, newest first; unreadable ones are left out. */
export async function readRecords(
  place: RecordPlace,
  /** What is kept there, where it was read already. */
  kept?: KeptObjects,
): Promise<RunRecord[]> {
  const ref = refOf(place)
  return runsIn(dataOf(kept === undefined ? await place.cluster.get(ref) : kept.get(ref.name)))
}

/** The same with the locks that were removed by force. */
export async function readAllRecords(place: RecordPlace): Promise<(RunRecord | UnlockRecord)[]> {
  const data = dataOf(await place.cluster.get(refOf(place)))
  return [...runsIn(data), ...unlocksIn(data)]
}

/** Keep that a lock was removed by force. */
export function recordUnlock(place: RecordPlace, unlock: UnlockRecord): Promise<void> {
  return dataWriter(place)(data => withUnlock(data, unlock))
}

/** Writes runs into one place, one after the other; nothing is read again unless somebody else wrote meanwhile. */
export type RunsWriter = {write(record: RunRecord): Promise<void>}

export function openRuns(place: RecordPlace): RunsWriter {
  const change = dataWriter(place)
  let writing: Promise<void> = Promise.resolve()
  return {
    write(record) {
      writing = writing.catch(() => {}).then(() => change(data => withRun(data, record)))
      return writing
    },
  }
}

type Change = (data: StoredData | undefined) => Record<string, string>

function dataWriter(place: RecordPlace): (change: Change) => Promise<void> {
  let last: ApiObject | 'not-read' | undefined = 'not-read'
  return async change => {
    for (let attempt = 1; ; attempt++) {
      if (last === 'not-read') last = await place.cluster.get(refOf(place))
      const object = objectOf(place, last, change(dataOf(last)))
      try {
        last = await (last === undefined ? place.cluster.create(object) : place.cluster.replace(object))
        return
      } catch (error) {
        last = 'not-read'
        if (!isRace(error) || attempt >= 5) throw error
      }
    }
  }
}

// Written by another run meanwhile, or removed: both are cured by reading again.
function isRace(error: unknown): boolean {
  return error instanceof ConflictError || (error instanceof DeployError && error.exitKind === 'not-found')
}

function refOf({namespace, service}: RecordPlace) {
  return {kind: 'ConfigMap', namespace, name: `deploy-runs-${service}`}
}

function dataOf(object: ApiObject | undefined): StoredData | undefined {
  return object?.data as StoredData | undefined
}

function objectOf(place: RecordPlace, current: ApiObject | undefined, data: StoredData): ApiObject {
  const {namespace, name} = refOf(place)
  const resourceVersion = current?.metadata.resourceVersion
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...(resourceVersion === undefined ? {} : {resourceVersion}),
      namespace,
      name,
      labels: OURS,
    },
    data,
  }
}

/** Whether a record speaks of a release. One of an older deploy names no namespace; it stands in its own. */
export function isRecordOf(
  recorded: Pick<RecordedRelease, 'name' | 'namespace'>,
  release: ReleaseRef,
): boolean {
  return recorded.name === release.name && (recorded.namespace ?? release.namespace) === release.namespace
}
