import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import {DeployError} from '../errors.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import {sinceText} from '../plan/frozen.ts'
import type {KeptObjects} from './kept-objects.ts'
import {OURS} from './ours.ts'
import {dataOfHolder, hasRunOut, holderOf, isHeldFor, type LockHolder} from './lock-holder.ts'

export type LockPlace = {
  cluster: Cluster
  namespace: string
  service: string
  environment: string
  /** Of every service that has releases in that namespace; of the one service when nothing is said. */
  covers?: 'namespace'
}

/** Where `deploy lock --all` keeps its lock. */
export function namespaceLock(place: LockPlace): LockPlace {
  return {...place, covers: 'namespace'}
}

/** What is found in a lock's place. `dead`: whoever held it is gone without giving it back. */
export type LockState = {kind: 'free'} | {kind: 'held' | 'dead'; holder: LockHolder; object: ApiObject}

/** Whether a process of this host has ended; `false` for those of other hosts. */
export type HasEnded = (process: string | undefined) => Promise<boolean>

/** Somebody else may be faster so many times in a row; more often the server itself is at fault. */
export const RACES = 5

/** Look at a lock without touching it. */
export async function readLock(
  place: LockPlace,
  hasEnded: HasEnded,
  /** What is kept there, where it was read already. */
  kept?: KeptObjects,
): Promise<LockState> {
  const ref = refOf(place)
  const object = kept === undefined ? await place.cluster.get(ref) : kept.get(ref.name)
  return object === undefined ? {kind: 'free'} : stateOf(object, place.cluster, hasEnded)
}

/** The same of an object that was read together with others. */
export async function stateOf(object: ApiObject, cluster: Cluster, hasEnded: HasEnded): Promise<LockState> {
  const holder = holderOf(object)
  const isDead =
    holder.state === 'working' &&
    (hasRunOut(object, cluster.serverNowMs()) || (await hasEnded(holder.process)))
  return {kind: isDead ? 'dead' : 'held', holder, object}
}

/**
 * Take the lock of a service in one environment: a ConfigMap, written with optimistic concurrency, so that of two
 * deploy hosts one wins (Wikimedia's deployers may not touch Leases).
 * @param takesOver the run whose lock may be taken although it is held: one that paused
 * @returns the object as written
 * @throws DeployError `locked` that says by whom, why and since when
 */
export async function acquireLock(
  place: LockPlace,
  holder: LockHolder,
  options: {hasEnded: HasEnded; nowMs: number; takesOver?: string | undefined},
): Promise<ApiObject> {
  const found = await createOrFind(place, holder, options)
  if (found.kind === 'created') return found.object
  const isOurs = found.holder.state === 'paused' && isHeldFor(found.holder, options.takesOver)
  if (found.kind === 'held' && !isOurs) throw locked(place, found.holder)
  try {
    return await place.cluster.replace(lockObject(place, holder, options.nowMs, found.object))
  } catch (error) {
    if (!isRace(error)) throw error
    const now = await readLock(place, options.hasEnded)
    throw locked(place, now.kind === 'free' ? found.holder : now.holder)
  }
}

type Taken = {kind: 'created'; object: ApiObject} | Exclude<LockState, {kind: 'free'}>

// One that is given back at this very moment is there when it is created, and gone when it is read.
async function createOrFind(
  place: LockPlace,
  holder: LockHolder,
  options: {hasEnded: HasEnded; nowMs: number},
): Promise<Taken> {
  for (let attempt = 1; ; attempt++) {
    let conflict: ConflictError
    try {
      return {kind: 'created', object: await place.cluster.create(lockObject(place, holder, options.nowMs))}
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
      conflict = error
    }
    const found = await readLock(place, options.hasEnded)
    if (found.kind !== 'free') return found
    if (attempt >= RACES) throw refused(place, conflict)
  }
}

function refused({service, environment, cluster}: LockPlace, {message}: ConflictError): DeployError {
  const what = `lock ${service} in ${environment}: ${cluster.server} refuses it again and again, and nobody holds it`
  return new DeployError('unreachable', `${what}: ${message}`)
}

/** Write it anew, as it was written last. @throws ConflictError when someone else wrote meanwhile, or it is gone */
export function renewLock(
  place: LockPlace,
  holder: LockHolder,
  last: ApiObject,
  nowMs: number,
): Promise<ApiObject> {
  return place.cluster.replace(lockObject(place, holder, nowMs, last))
}

/** Remove it, only as it was written last: whoever took it over has written since. */
export async function deleteLock(place: LockPlace, last: ApiObject): Promise<void> {
  const {resourceVersion} = last.metadata
  await place.cluster.delete(refOf(place), resourceVersion === undefined ? {} : {resourceVersion})
}

/** Somebody else was there first, or has removed it. */
export function isRace(error: unknown): boolean {
  return error instanceof ConflictError || (error instanceof DeployError && error.exitKind === 'not-found')
}

/** What a person is told who comes second. */
export function locked({service, environment, covers}: LockPlace, holder: LockHolder): DeployError {
  const {by, from, runId, finishes} = holder
  // It becomes part of a sentence.
  const reason = holder.reason.replace(/\.$/, '')
  const since = sinceText(holder.since)
  const why = reason === '' ? '' : `: ${reason}`
  const what = `lock ${service} in ${environment}`
  switch (holder.state) {
    case 'working':
      return new DeployError(
        'locked',
        `${what}: ${by} on ${from} is at work there since ${since} (run ${runId}${why}).`,
        {hint: 'Wait for that run to end, then run the same command again.'},
      )
    case 'paused':
      return new DeployError(
        'locked',
        `${what}: run ${finishes ?? runId} of ${by} is paused there since ${since}${why}.`,
        {hint: `deploy resume ${service} goes on with it, deploy abort ${service} undoes it.`},
      )
    case 'frozen':
      return new DeployError(
        'locked',
        `${what}: ${by} has locked ${covers === 'namespace' ? 'everything there' : 'it'} since ${since}${why}.`,
        {
          hint: `Ask ${by}. It ends with deploy unlock ${covers === 'namespace' ? '--all' : service} -e ${environment}.`,
        },
      )
  }
}

function lockObject(place: LockPlace, holder: LockHolder, nowMs: number, last?: ApiObject): ApiObject {
  const {namespace, name} = refOf(place)
  const resourceVersion = last?.metadata.resourceVersion
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      namespace,
      name,
      labels: OURS,
      ...(resourceVersion === undefined ? {} : {resourceVersion}),
    },
    data: dataOfHolder(holder, nowMs),
  }
}

/** Environments may share a namespace of one cluster: they have one lock there, which is taken once. */
export function byLock(places: readonly LockPlace[]): [LockPlace, ...LockPlace[]][] {
  const groups = Map.groupBy(places, place => JSON.stringify([place.cluster.server, refOf(place)]))
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others]],
  )
}

export function refOf({namespace, service, covers}: Pick<LockPlace, 'namespace' | 'service' | 'covers'>) {
  const name = covers === 'namespace' ? 'deploy-lock' : `deploy-lock-${service}`
  return {kind: 'ConfigMap', namespace, name}
}
