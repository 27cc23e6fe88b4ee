import type {LockHolder} from './lock-holder.ts'
import type {StoredData} from './stored-runs.ts'

/**
 * A lock that was removed by force, beside the runs of the service and told like one. It is no run: among the runs it would stand for
 * the end of what was left unfinished before it.
 */
export type UnlockRecord = {
  schema: 1
  kind: 'unlock'
  runId: string
  startedAt: string
  endedAt: string
  by: string
  from: string
  message: string
  environment: string
  releases: readonly []
  /** Whose lock it was, and why. */
  held: Pick<LockHolder, 'runId' | 'by' | 'from' | 'since' | 'reason' | 'state'> & {
    covers: 'service' | 'namespace'
  }
}

/** Older ones fall off. */
const KEPT_UNLOCKS = 30

/** Newest first. */
export function unlocksIn(data: StoredData | undefined): UnlockRecord[] {
  return everythingIn(data).filter(isReadable)
}

/** The data with one more. */
export function withUnlock(data: StoredData | undefined, unlock: UnlockRecord): Record<string, string> {
  return {...data, unlocks: JSON.stringify([unlock, ...everythingIn(data)].slice(0, KEPT_UNLOCKS))}
}

function everythingIn(data: StoredData | undefined): unknown[] {
  try {
    const parsed: unknown = JSON.parse(data?.unlocks ?? '[]')
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function isReadable(one: unknown): one is UnlockRecord {
  const unlock = one as Partial<UnlockRecord> | null | undefined
  return unlock?.schema === 1 && typeof unlock.runId === 'string' && typeof unlock.held === 'object'
}
