import type {RunRecord} from './record.ts'

/** The `data` of the ConfigMap that holds a service's runs. */
export type StoredData = Readonly<Record<string, string>>

/** Older runs fall off. */
const KEPT_RUNS = 30
/** A ConfigMap holds 1 MiB, names and labels included. */
const KEPT_BYTES = 900_000
const DAMAGED_CHARS = 50_000

/** The runs that this version of deploy can read, newest first. */
export function runsIn(data: StoredData | undefined): RunRecord[] {
  return everythingIn(data).flatMap(one => (isReadable(one) ? [one] : []))
}

/**
 * The data with one run put in, in place of the one with the same id. What a newer deploy wrote stays: runs of a schema
 * that is not ours, and fields that we do not know. Text that is no list of runs is kept beside them.
 */
export function withRun(data: StoredData | undefined, record: RunRecord): Record<string, string> {
  const all = everythingIn(data)
  const index = all.findIndex(one => isReadable(one) && one.runId === record.runId)
  const known = all[index]
  const next = isReadable(known) ? all.with(index, merged(known, record)) : [record, ...all]
  return {...data, ...damagedPart(data), runs: JSON.stringify(bounded(next))}
}

function everythingIn(data: StoredData | undefined): unknown[] {
  const parsed = parse(data?.runs)
  return Array.isArray(parsed) ? parsed : []
}

function damagedPart(data: StoredData | undefined): Record<string, string> {
  const text = data?.runs
  if (text === undefined || Array.isArray(parse(text))) return {}
  return {'runs-damaged': text.slice(0, DAMAGED_CHARS)}
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '[]')
  } catch {
    return undefined
  }
}

function isReadable(one: unknown): one is RunRecord {
  const run = one as Partial<RunRecord> | null | undefined
  return run?.schema === 1 && typeof run.runId === 'string' && Array.isArray(run.releases)
}

function merged(known: RunRecord, record: RunRecord): RunRecord {
  const releases = record.releases.map(one => ({
    ...known.releases.find(other => other.name === one.name && other.namespace === one.namespace),
    ...one,
  }))
  return {...known, ...record, releases}
}

// An unfinished run is what `resume` and `abort` need, however old it is.
function bounded(all: readonly unknown[]): unknown[] {
  const kept = all.filter((one, index) => index < KEPT_RUNS || isUnfinished(one))
  let bytes = 2
  return kept.filter((one, index) => {
    bytes += Buffer.byteLength(JSON.stringify(one)) + 1
    return index === 0 || bytes <= KEPT_BYTES
  })
}

function isUnfinished(one: unknown): boolean {
  return isReadable(one) && one.endedAt === undefined
}
