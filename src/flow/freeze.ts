import {DeployError} from '../errors.ts'
import {acquireLock, byLock, deleteLock, type LockPlace, namespaceLock, readLock} from '../journal/lock.ts'
import type {KeptObjects} from '../journal/kept-objects.ts'
import {presentLocks} from '../journal/present-locks.ts'
import {sinceText} from '../plan/frozen.ts'
import type {LockHolder} from '../journal/lock-holder.ts'
import {recordUnlock} from '../journal/record.ts'
import type {UnlockRecord} from '../journal/stored-unlocks.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import {hasEnded} from '../tools/this-process.ts'

/**
 * Lock a service by hand in all of these places, or in none: no run begins there until it is unlocked, and nothing runs out.
 * @throws DeployError `locked` when one is held already, by a run or by a person
 */
export async function freeze(
  places: readonly LockPlace[],
  holder: LockHolder,
  nowMs: () => number,
): Promise<void> {
  const taken: {place: LockPlace; object: ApiObject}[] = []
  try {
    for (const [place] of byLock(places))
      taken.push({place, object: await acquireLock(place, holder, {hasEnded, nowMs: nowMs()})})
  } catch (error) {
    await Promise.all(taken.map(({place, object}) => deleteLock(place, object).catch(() => {})))
    throw error
  }
}

export type Unlocked = {place: LockPlace; was: LockHolder}

/** Whose locks may be removed: one's own, those that this very command has made, or, for a reason that is recorded, anybody's. */
export type UnlockRight =
  | {kind: 'own'; by: string}
  | {kind: 'just-made'; runId: string}
  | {kind: 'anybody'; unlock: Pick<UnlockRecord, 'runId' | 'startedAt' | 'by' | 'from' | 'message'>}

/**
 * Remove what is held in these places.
 * @returns what was held there; nothing where all was free
 * @throws DeployError `locked` when one is somebody else's and only one's own may be removed
 */
export async function unfreeze(places: readonly LockPlace[], right: UnlockRight): Promise<Unlocked[]> {
  const found = await Promise.all(
    byLock(places).map(async ([place]) => ({place, state: await readLock(place, hasEnded)})),
  )
  const held = found.flatMap(({place, state}) => (state.kind === 'free' ? [] : [{place, state}]))
  const foreign = held.find(({state}) => right.kind === 'own' && !isOwn(state.holder, right.by))
  if (foreign !== undefined) throw notOwn(foreign.place, foreign.state.holder)
  const meant = held.filter(({state}) => right.kind !== 'just-made' || state.holder.runId === right.runId)
  await Promise.all(
    meant.map(async ({place, state: {holder, object}}) => {
      // Before it is done: that it was done by force is never without a trace.
      if (right.kind === 'anybody' && !isOwn(holder, right.unlock.by))
        await recordUnlock(place, unlockRecord(right.unlock, place, holder))
      await deleteLock(place, object)
    }),
  )
  return meant.map(({place, state}) => ({place, was: state.holder}))
}

/** What persons have locked of these places, by itself or with everything there. Reads only. */
export async function readFrozen(places: readonly LockPlace[]): Promise<Unlocked[]> {
  return frozenAmong(await presentLocks(withNamespaceLocks(places)), async () => undefined)
}

/** The same by what was read there already. */
export async function readFrozenIn(
  places: readonly LockPlace[],
  keptAt: (place: LockPlace) => Promise<KeptObjects | undefined>,
): Promise<Unlocked[]> {
  return frozenAmong(withNamespaceLocks(places), keptAt)
}

function withNamespaceLocks(places: readonly LockPlace[]): LockPlace[] {
  return byLock(places.flatMap(place => [place, namespaceLock(place)])).map(([place]) => place)
}

async function frozenAmong(
  places: readonly LockPlace[],
  keptAt: (place: LockPlace) => Promise<KeptObjects | undefined>,
): Promise<Unlocked[]> {
  const read = places.map(async place => {
    const found = await readLock(place, hasEnded, await keptAt(place))
    return found.kind === 'held' && found.holder.state === 'frozen' ? [{place, was: found.holder}] : []
  })
  return (await Promise.all(read)).flat()
}

/** Of these places, those where everything is locked: they stay so when one service is unlocked. */
export async function lockedAsAWhole(places: readonly LockPlace[]): Promise<Unlocked[]> {
  const read = byLock(places.map(namespaceLock)).map(async ([place]) => {
    const found = await readLock(place, hasEnded)
    return found.kind === 'free' ? [] : [{place, was: found.holder}]
  })
  return (await Promise.all(read)).flat()
}

function unlockRecord(
  unlock: Pick<UnlockRecord, 'runId' | 'startedAt' | 'by' | 'from' | 'message'>,
  {environment, covers}: LockPlace,
  {runId, by, from, since, reason, state}: LockHolder,
): UnlockRecord {
  const held = {runId, by, from, since, reason, state, covers: covers ?? ('service' as const)}
  return {schema: 1, kind: 'unlock', ...unlock, endedAt: unlock.startedAt, environment, releases: [], held}
}

function isOwn(holder: LockHolder, by: string): boolean {
  return holder.state === 'frozen' && holder.by === by
}

function notOwn({service, environment, covers}: LockPlace, holder: LockHolder): DeployError {
  const [what, words] = covers === 'namespace' ? ['everything', '--all'] : [service, service]
  const why = holder.reason === '' ? '' : `: ${holder.reason}`
  const whose =
    holder.state === 'working'
      ? `run ${holder.runId} of ${holder.by} is at work there`
      : `it is the lock of ${holder.by} on ${holder.from} since ${sinceText(holder.since)}`
  return new DeployError('locked', `unlock ${what} in ${environment}: ${whose}${why}.`, {
    hint: `Ask ${holder.by}. If it must be: deploy unlock ${words} -e ${environment} --force -m "why". A run that loses its lock stops.`,
  })
}
