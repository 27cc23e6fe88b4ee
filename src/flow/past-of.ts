import type {Failure} from '../plan/events.ts'
import {isRecordOf, type RecordedRelease, type RunRecord} from '../journal/record.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {PastRelease} from '../plan/origin.ts'

/** What the records say of one release, newest first. */
export function pastOf(records: readonly RunRecord[], release: ReleaseRef): PastRelease[] {
  return records.flatMap(record =>
    record.releases.filter(one => isRecordOf(one, release)).map(one => pastRelease(record, one)),
  )
}

function pastRelease(record: RunRecord, release: RecordedRelease): PastRelease {
  const {runId, kind, by, message, startedAt, commit, outside} = record
  const {
    override,
    gitVersion,
    given,
    before,
    latestBefore,
    after,
    restored,
    images,
    action,
    imageOf,
    chart,
    values,
  } = release
  const state = stateOf(record, release)
  return {
    runId,
    kind,
    by,
    message,
    startedAt,
    commit,
    outside,
    isGood: isGood(record, state),
    isRolledBack: isRolledBack(record, release, state),
    isBegun: state === undefined ? after !== null : state !== 'waiting',
    override: override ?? null,
    gitVersion: gitVersion ?? null,
    given: given ?? [],
    before,
    latestBefore: latestBefore ?? null,
    after,
    restored,
    toRevision: action?.kind === 'rollback' ? action.toRevision : null,
    imageOf: imageOf ?? null,
    chart: chart?.after,
    values,
    images,
  }
}

function stateOf({stages}: RunRecord, {stage}: RecordedRelease) {
  return stages?.find(one => one.name === stage)?.state
}

type State = ReturnType<typeof stateOf>

// A stage that was healthy stays good, whatever became of the run in later ones.
function isGood({outcome}: RunRecord, state: State): boolean {
  return outcome === 'deployed' || state === 'healthy'
}

function isNoVersionsFault(failure: Failure | undefined): boolean {
  return failure?.kind === 'interrupted' || failure?.kind === 'others-failed'
}

// Nothing was wrong with a version whose run was interrupted, that went back with others, or that was not reached.
function isRolledBack(
  {kind, outcome, failure}: RunRecord,
  {after, restored}: RecordedRelease,
  state: State,
): boolean {
  if (kind !== 'deploy' || after === null || isNoVersionsFault(failure?.failure)) return false
  if (outcome !== 'rolled-back' && outcome !== 'partly-back') return false
  return state === undefined ? restored !== null || outcome === 'rolled-back' : state === 'back'
}
