import type {RollbackTarget} from './intent.ts'

/** What is known of one release's past, newest first. */
export type ReleasePast = {
  revisions: readonly {revision: number; status: string}[]
  /** What runs of deploy did to this release; `restored` is the revision that going back made. */
  runs: readonly PastRun[]
}

export type PastRun = {
  runId: string
  before: number | null
  after: number | null
  restored: number | null
  isGood: boolean
}

/**
 * The revision to go back to; none when there is nothing earlier.
 * The default undoes the newest good change: what the run that made the live state found before it, else (someone
 * used helm or helmfile by hand) the newest superseded revision that no run of ours saw fail.
 */
export function pickRollbackTarget(target: RollbackTarget, past: ReleasePast): number | undefined {
  const kept = new Set(past.revisions.map(one => one.revision))
  const ifKept = (revision: number | null | undefined) =>
    revision != null && kept.has(revision) ? revision : undefined
  switch (target.kind) {
    case 'revision':
      return ifKept(target.revision)
    case 'before-run':
      return ifKept(past.runs.find(run => run.runId === target.runId)?.before)
    case 'last-good':
      return ifKept(lastGood(past))
  }
}

function lastGood({revisions, runs}: ReleasePast): number | undefined {
  const deployed = revisions.find(one => one.status === 'deployed')?.revision
  const live = originOf(deployed ?? Number.POSITIVE_INFINITY, runs)
  const made = runs.find(run => run.isGood && run.after === live)
  if (made?.before != null) return made.before
  const bad = new Set(runs.filter(run => !run.isGood).map(run => run.after))
  return revisions.find(one => one.status === 'superseded' && one.revision < live && !bad.has(one.revision))
    ?.revision
}

// A revision that going back made is the one it went back to under a new number.
function originOf(revision: number, runs: readonly PastRun[]): number {
  const restoring = runs.find(
    run => run.restored === revision && run.before !== null && run.before < revision,
  )
  return restoring?.before == null ? revision : originOf(restoring.before, runs)
}
