import type {ApiObject} from '../rollout/verdict.ts'
import {
  acquireLock,
  deleteLock,
  type HasEnded,
  isRace,
  locked,
  type LockPlace,
  namespaceLock,
  RACES,
  readLock,
  renewLock,
} from './lock.ts'
import {LOCK_EXPIRES_AFTER_MS, type LockHolder} from './lock-holder.ts'

/** A held lock, renewed while the run works, so that one left by a killed process runs out. */
export type HeldLock = {
  /** Write it now: it must still be ours. Tells `onLost` when it is not. */
  renew(): Promise<void>
  release(): Promise<void>
  /** Nobody renews it any more, and it does not run out: a paused run waits to be gone on with. */
  keep(reason: string): Promise<void>
}

export type LockOptions = {
  hasEnded: HasEnded
  nowMs: () => number
  takesOver?: string | undefined
  /** Once, in words: whoever holds it must begin nothing more. */
  onLost: (why: string) => void
}

const RENEW_EVERY_MS = 10_000
/** As good as new: not written again before the next step. */
const FRESH_MS = 2000
/** Given up before others may think us dead. */
const LOST_AFTER_MS = LOCK_EXPIRES_AFTER_MS - RENEW_EVERY_MS

/**
 * Hold the lock of a service where nobody has locked everything. That is looked at once ours is there: whoever locks everything
 * sees ours, or we see theirs.
 * @throws DeployError `locked` that says by whom, why and since when
 */
export async function holdLock(
  place: LockPlace,
  holder: LockHolder,
  options: LockOptions,
): Promise<HeldLock> {
  // What paused stays as it paused.
  if (options.takesOver !== undefined) await refuseWhereAllIsLocked(place, options)
  const lock = await holdOwnLock(place, holder, options)
  try {
    await refuseWhereAllIsLocked(place, options)
    return lock
  } catch (error) {
    await (options.takesOver === undefined ? lock.release() : lock.keep(holder.reason))
    throw error
  }
}

async function refuseWhereAllIsLocked(place: LockPlace, {hasEnded}: LockOptions): Promise<void> {
  const whole = namespaceLock(place)
  const found = await readLock(whole, hasEnded)
  if (found.kind !== 'free') throw locked(whole, found.holder)
}

async function holdOwnLock(place: LockPlace, holder: LockHolder, options: LockOptions): Promise<HeldLock> {
  let last = await acquireLock(place, holder, {...options, nowMs: options.nowMs()})
  let renewedAtMs = performance.now()
  let isOver = false
  const lose = (why: string) => {
    if (isOver) return
    isOver = true
    clearInterval(timer)
    options.onLost(why)
  }
  const write = async (next: LockHolder, attempt = 1): Promise<void> => {
    try {
      last = await renewLock(place, next, last, options.nowMs())
      renewedAtMs = performance.now()
    } catch (error) {
      const now = isRace(error) ? await whatIsThere(place, holder, options.hasEnded) : undefined
      // The answer to our own write was lost on the way.
      if (now?.kind === 'ours' && attempt < RACES) {
        last = now.object
        return write(next, attempt + 1)
      }
      if (now?.kind === 'lost') return lose(now.why)
      // The server does not answer: tried again at the next tick, until others may take it.
      if (performance.now() - renewedAtMs > LOST_AFTER_MS) lose('it could not be renewed for 50 s')
    }
  }
  let writing: Promise<void> = Promise.resolve()
  const renew = (next = holder): Promise<void> => {
    writing = writing.then(() => (isOver ? undefined : write(next)))
    return writing
  }
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS).unref()
  const end = async (act: () => Promise<void>) => {
    clearInterval(timer)
    await writing
    if (isOver) return
    await act()
    isOver = true
  }
  return {
    renew: () => (performance.now() - renewedAtMs < FRESH_MS ? writing : renew()),
    release: () => end(() => deleteLock(place, last).catch(() => {})),
    keep: reason => end(() => write({...holder, state: 'paused', process: undefined, reason})),
  }
}

type Found = {kind: 'ours'; object: ApiObject} | {kind: 'lost'; why: string} | {kind: 'unknown'}

async function whatIsThere(place: LockPlace, holder: LockHolder, hasEnded: HasEnded): Promise<Found> {
  try {
    const found = await readLock(place, hasEnded)
    if (found.kind === 'free') return {kind: 'lost', why: 'someone has removed it'}
    if (found.holder.runId === holder.runId) return {kind: 'ours', object: found.object}
    const {by, from, reason} = found.holder
    const why = reason === '' ? '' : ` (${reason})`
    return {kind: 'lost', why: `${by} on ${from} has taken it${why}`}
  } catch {
    return {kind: 'unknown'}
  }
}
