import type {Cluster} from '../cluster/client.ts'
import {DeployError} from '../errors.ts'
import type {ExitKind} from '../exit-codes.ts'
import {readAllRecords, type RunRecord} from '../journal/record.ts'
import type {UnlockRecord} from '../journal/stored-unlocks.ts'

/** Where a service's runs are recorded. */
export type HistoryPlace = {name: string; cluster: Cluster; namespaces: readonly string[]}

/** One run, told once however many clusters remember it. */
export type HistoryRun = {
  /** `group/name`. */
  service: string
  runId: string
  kind: RunRecord['kind'] | UnlockRecord['kind']
  /** RFC 3339. */
  startedAt: string
  endedAt?: string
  by: string
  from: string
  message?: string
  commit?: string
  /** None while it runs, and when its process died. */
  outcome?: ExitKind
  environments: readonly RunInEnvironment[]
}

/** All that one cluster remembers of the run. */
export type RunInEnvironment = {name: string; namespace: string; record: RunRecord | UnlockRecord}

export type EnvironmentRecords = {
  environment: string
  namespace: string
  records: readonly (RunRecord | UnlockRecord)[]
}

export type HistoryReading = {
  runs: readonly HistoryRun[]
  problems: readonly {environment: string; error: DeployError}[]
}

/** The runs of one service, newest first. Reads ConfigMaps only, so whoever may `view` may ask. */
export async function readHistory(
  service: string,
  places: readonly HistoryPlace[],
  recordName: string,
): Promise<HistoryReading> {
  const read = await Promise.all(places.map(place => readPlace(place, recordName)))
  return {
    runs: mergeRuns(
      service,
      read.flatMap(one => (one.kind === 'read' ? one.records : [])),
    ),
    problems: read.flatMap(one => (one.kind === 'problem' ? [one] : [])),
  }
}

/** One entry a run, its environments in the order given. */
export function mergeRuns(service: string, read: readonly EnvironmentRecords[]): HistoryRun[] {
  const entries = read.flatMap(({environment, namespace, records}) =>
    records.map(record => ({name: environment, namespace, record})),
  )
  return newestFirst([...Map.groupBy(entries, entry => entry.record.runId).values()].map(mergeRun))

  function mergeRun(environments: readonly RunInEnvironment[]): HistoryRun {
    // One cluster may have gone away before the end was written there; another knows it.
    const known = environments.find(one => one.record.endedAt !== undefined) ?? environments[0]
    if (known === undefined) throw new Error('a group has at least one entry')
    const {schema: _schema, releases: _releases, ...about} = known.record
    return {service, ...about, environments}
  }
}

export function newestFirst(runs: readonly HistoryRun[]): HistoryRun[] {
  return runs.toSorted((a, b) => compare(b.startedAt, a.startedAt) || compare(b.runId, a.runId))
}

/**
 * The run that is meant, by its id or the beginning of it.
 * @throws DeployError `not-found`, and `usage` where a beginning fits several runs
 */
export function pickRun(runs: readonly HistoryRun[], asked: string): HistoryRun {
  const exact = runs.find(run => run.runId === asked)
  const found = exact === undefined ? runs.filter(run => run.runId.startsWith(asked)) : [exact]
  if (found.length === 1 && found[0] !== undefined) return found[0]
  if (found.length > 1) {
    throw new DeployError('usage', `find the run ${asked}: ${found.length} runs begin like that.`, {
      hint: `Use one of: ${found.map(run => run.runId).join(', ')}.`,
    })
  }
  throw new DeployError('not-found', `find the run ${asked}: it is not among the ${runs.length} recorded.`, {
    hint: 'deploy history NAME lists them; each cluster remembers the last 30 runs of a service.',
  })
}

type PlaceReading =
  | {kind: 'read'; records: readonly EnvironmentRecords[]}
  | {kind: 'problem'; environment: string; error: DeployError}

// A cluster that is down takes nothing away from what the others remember.
async function readPlace({name, cluster, namespaces}: HistoryPlace, service: string): Promise<PlaceReading> {
  try {
    const records = await Promise.all(
      namespaces.map(async namespace => ({
        environment: name,
        namespace,
        records: await readAllRecords({cluster, namespace, service}),
      })),
    )
    return {kind: 'read', records}
  } catch (error) {
    if (error instanceof DeployError) return {kind: 'problem', environment: name, error}
    throw error
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
