import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import type {ExitKind} from '../exit-codes.ts'
import type {ApiObject} from '../rollout/verdict.ts'

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
  outcome?: ExitKind
  releases: readonly RecordedRelease[]
  /** What the values came from beside the charts repository; none in runs of an older deploy. */
  outside?: RecordedFiles
}

/** Private files as digests only, each keyed (digest-key.ts). */
export type RecordedFiles = {
  /** The id of the key: digests of another key cannot be compared. */
  key: string
  files: readonly OutsideFile[]
}

export type OutsideFile = {path: string; digest: string}

export type RecordedRelease = {
  name: string
  /** helm's revision before the run; none for a first install. */
  before: number | null
  after: number | null
  /** The revision that going back made, when the run failed. */
  restored: number | null
  images: readonly string[]
  /** The version that was given beside git's; none when it was git's. */
  override: string | null
  /** Values that were given beside git's, as flags (`--set KEY=VALUE`); secret ones are hidden. */
  given?: readonly string[]
  /** Keyed digest of what helmfile gave helm for it: values, arguments, chart version. */
  values?: string
}

/** Older runs fall off: a ConfigMap holds 1 MiB. */
const keptRuns = 30

export type RecordPlace = {cluster: Cluster; namespace: string; service: string}

/** The runs of a service, newest first; unreadable ones are left out. */
export async function readRecords(place: RecordPlace): Promise<RunRecord[]> {
  return recordsOf(await place.cluster.get(refOf(place)))
}

/** Write one run, in place of the one with the same id. Somebody else's run written meanwhile is kept. */
export async function writeRecord(place: RecordPlace, record: RunRecord): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const current = await place.cluster.get(refOf(place))
    const others = recordsOf(current).filter(one => one.runId !== record.runId)
    const object = objectOf(place, current, [record, ...others].slice(0, keptRuns))
    try {
      await (current === undefined ? place.cluster.create(object) : place.cluster.replace(object))
      return
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= 5) throw error
    }
  }
}

function refOf({namespace, service}: RecordPlace) {
  return {kind: 'ConfigMap', namespace, name: `deploy-runs-${service}`}
}

function recordsOf(object: ApiObject | undefined): RunRecord[] {
  const data = object?.data as Record<string, string> | undefined
  try {
    const runs: unknown = JSON.parse(data?.runs ?? '[]')
    return Array.isArray(runs) ? runs.filter(run => run?.schema === 1) : []
  } catch {
    return []
  }
}

function objectOf(place: RecordPlace, current: ApiObject | undefined, runs: readonly RunRecord[]): ApiObject {
  const {namespace, name} = refOf(place)
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...(current?.metadata.resourceVersion === undefined
        ? {}
        : {resourceVersion: current.metadata.resourceVersion}),
      namespace,
      name,
      labels: {'app.kubernetes.io/managed-by': 'deploy'},
    },
    data: {runs: JSON.stringify(runs)},
  }
}
