import type {ApiObject} from '../rollout/verdict.ts'

/** Who holds a service in one environment, why, since when, and what for. */
export type LockHolder = {
  runId: string
  by: string
  from: string
  /** RFC 3339, by the clock of the host it was taken on: for people only. */
  since: string
  reason: string
  /**
   * `working`: a run is at work and renews it. `paused`: a run waits for `resume` or `abort`. `frozen`: `deploy lock`.
   * Only the first runs out.
   */
  state: 'working' | 'paused' | 'frozen'
  /** The run that it goes on with, or undoes. */
  finishes?: string
  /** The process that holds it, for those on the same host. */
  process: string | undefined
}

/** Renewed six times as often: a slow API server does not cost the lock. */
export const LOCK_EXPIRES_AFTER_MS = 60_000

/** What the ConfigMap holds. Older versions of deploy take the time for a renewal: one that never runs out is in the far future. */
export function dataOfHolder(holder: LockHolder, nowMs: number): Record<string, string> {
  const {process, ...rest} = holder
  const renewedAt = holder.state === 'working' ? new Date(nowMs).toISOString() : '9999-12-31T00:00:00.000Z'
  return {...rest, ...(process === undefined ? {} : {process}), renewedAt}
}

export function holderOf(object: ApiObject): LockHolder {
  const data = (object.data ?? {}) as Record<string, string | undefined>
  return {
    runId: data.runId ?? '',
    by: data.by ?? 'someone',
    from: data.from ?? 'somewhere',
    since: data.since ?? 'an unknown time',
    reason: data.reason ?? '',
    state: data.state === 'paused' || data.state === 'frozen' ? data.state : 'working',
    process: data.process,
    ...(data.finishes === undefined ? {} : {finishes: data.finishes}),
  }
}

/** Whether it is held for a run: by its own process, or by one that finishes it. */
export function isHeldFor({runId, finishes}: LockHolder, wanted: string | undefined): boolean {
  return wanted !== undefined && (finishes ?? runId) === wanted
}

/**
 * Whether a working run has not renewed it for so long that it must be dead. Both times are the API server's own: when it
 * last wrote the object, and its time now. No host's clock is compared with another's.
 */
export function hasRunOut(object: ApiObject, serverNowMs: number | undefined): boolean {
  const writtenAtMs = Math.max(...writeTimes(object))
  if (holderOf(object).state !== 'working' || serverNowMs === undefined) return false
  return Number.isFinite(writtenAtMs) && serverNowMs - writtenAtMs > LOCK_EXPIRES_AFTER_MS
}

function writeTimes({metadata}: ApiObject): number[] {
  const fields = (metadata as {managedFields?: readonly {time?: string}[]}).managedFields ?? []
  return fields.map(({time}) => Date.parse(time ?? '')).filter(Number.isFinite)
}
