import type {RollbackTarget} from './intent.ts'

/** What is known of one release's past, newest first. */
export type ReleasePast = {
  revisions: readonly {revision: number; status: string}[]
  /** What runs of deploy did to this release. */
  runs: readonly {runId: string; before: number | null; after: number | null; isGood: boolean}[]
}

/**
 * The revision to go back to; none when there is nothing earlier.
 * The default undoes the newest change: what the run that made the live revision found before it, else (someone used
 * helm or helmfile by hand) the newest superseded revision.
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
    case 'last-good': {
      const live = past.revisions.find(one => one.status === 'deployed')?.revision
      const made = past.runs.find(run => run.isGood && run.after !== null && run.after === live)
      const superseded = past.revisions.find(
        one => one.status === 'superseded' && one.revision < (live ?? Number.POSITIVE_INFINITY),
      )
      return ifKept(made?.before) ?? superseded?.revision
    }
  }
}
