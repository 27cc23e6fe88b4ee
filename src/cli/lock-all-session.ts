import {DeployError} from '../errors.ts'
import {freeze, unfreeze, type Unlocked} from '../flow/freeze.ts'
import {checkLockPolicy} from '../flow/lock-policy.ts'
import {unlockRight} from '../flow/unlock-right.ts'
import type {World} from '../flow/world.ts'
import {type LockPlace, namespaceLock, readLock} from '../journal/lock.ts'
import type {LockHolder} from '../journal/lock-holder.ts'
import {hasEnded} from '../tools/this-process.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {withLive} from './live-session.ts'
import {placesOf} from './lock-session.ts'
import {type Charts, withCharts} from './open-charts.ts'
import {runIdOf} from './open-world.ts'
import {atATime, inReadSession, type ServiceRequest, withoutFirst} from './read-session.ts'
import {warmStates} from './warm-states.ts'

/** One service of those that are locked together. */
type Part<Done> =
  | {kind: 'done'; done: Done; environments: readonly string[]; leftOut: readonly string[]}
  | {kind: 'failed'; service: string; error: DeployError}

export type LockedAll = {
  /** How many services of each environment. */
  counts: ReadonlyMap<string, number>
  /** Runs that had begun: they go on to their end. */
  atWork: readonly {place: LockPlace; holder: LockHolder}[]
  /** What only `all` or `production` named, and cannot be reached from here. */
  leftOut: readonly string[]
  /** Services that could not be locked, and why. */
  failed: readonly {service: string; error: DeployError}[]
}

/**
 * Lock every service of some environments, so that nothing new begins there.
 * @throws DeployError `locked` where somebody has done so already: nothing is locked then; `not-found` where no service has the environment
 */
export async function lockAll(flags: BaseFlags, request: ServiceRequest, reason: string): Promise<LockedAll> {
  const startedAtMs = Date.now()
  const runId = runIdOf(startedAtMs)
  const since = new Date(startedAtMs).toISOString()
  return withCharts(await openHost(flags), async charts => {
    const parts = await ofEach(charts, request, async (places, world) => {
      checkLockPolicy('lock', places, world)
      const {actor, nowMs} = world
      const who = {runId, by: actor.user, from: actor.host, since}
      await freezeShared(places, {...who, reason, state: 'frozen', process: undefined}, nowMs)
      return workingIn(places)
    })
    const failed = failedOf(parts)
    const taken = failed.find(({error}) => error.exitKind === 'locked')
    if (taken !== undefined) {
      await ofEach(charts, request, places => unfreeze(whole(places), {kind: 'just-made', runId}))
      throw taken.error
    }
    return {...tally(parts, request), atWork: doneOf(parts).flatMap(({done}) => done), failed}
  })
}

/**
 * Give every service of some environments free again; what was held, once for each namespace.
 * @param force why somebody else's lock is removed as well
 */
export async function unlockAll(
  flags: BaseFlags,
  request: ServiceRequest,
  force: string | undefined,
): Promise<Omit<LockedAll, 'atWork'> & {unlocked: readonly Unlocked[]}> {
  const startedAtMs = Date.now()
  const own = {runId: runIdOf(startedAtMs), startedAt: new Date(startedAtMs).toISOString()}
  return withCharts(await openHost(flags), async charts => {
    const parts = await ofEach(charts, request, async (places, world) => {
      checkLockPolicy('unlock', places, world)
      return unfreeze(whole(places), unlockRight(force, {...world, ...own}))
    })
    const failed = failedOf(parts)
    const foreign = failed.find(({error}) => error.exitKind === 'locked')
    if (foreign !== undefined) throw foreign.error
    return {...tally(parts, request), unlocked: doneOf(parts).flatMap(({done}) => done), failed}
  })
}

// Services may share a namespace: whoever comes second finds what this very command has made.
async function freezeShared(
  places: readonly LockPlace[],
  holder: LockHolder,
  nowMs: () => number,
): Promise<void> {
  for (const place of whole(places)) {
    try {
      await freeze([place], holder, nowMs)
    } catch (error) {
      const found = await readLock(place, hasEnded)
      if (found.kind === 'free' || found.holder.runId !== holder.runId) throw error
    }
  }
}

function whole(places: readonly LockPlace[]): LockPlace[] {
  return places.map(namespaceLock)
}

async function workingIn(places: readonly LockPlace[]) {
  const read = await Promise.all(places.map(async place => ({place, found: await readLock(place, hasEnded)})))
  return read.flatMap(({place, found}) =>
    found.kind === 'held' && found.holder.state === 'working' ? [{place, holder: found.holder}] : [],
  )
}

const SIDE_BY_SIDE = 8

async function ofEach<Done>(
  charts: Charts,
  {environments, given}: ServiceRequest,
  act: (places: readonly LockPlace[], world: World) => Promise<Done>,
): Promise<Part<Done>[]> {
  await warmStates(charts, environments)
  const request = {environments, selectors: [], identity: 'deployer'} as const
  const parts = await atATime(SIDE_BY_SIDE, charts.services, async ({group, name}): Promise<Part<Done>[]> => {
    const service = `${group}/${name}`
    try {
      const look = (world: World) =>
        withLive(request, world, async live => ({
          kind: 'done' as const,
          done: await act(placesOf(live.environments, world), world),
          environments: live.environments.map(one => one.name),
          leftOut: live.problems.map(
            ({environment, error}) => `${service} in ${environment}: ${error.message}`,
          ),
        }))
      return [await withoutFirst(given, words => inReadSession(charts, service, look, {given: words}))]
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      // A service that does not have the environment has nothing to lock there.
      return error.exitKind === 'not-found' ? [] : [{kind: 'failed', service, error}]
    }
  })
  return parts.flat()
}

function doneOf<Done>(parts: readonly Part<Done>[]) {
  return parts.flatMap(part => (part.kind === 'done' ? [part] : []))
}

function failedOf(parts: readonly Part<unknown>[]) {
  return parts.flatMap(part => (part.kind === 'failed' ? [part] : []))
}

function tally(parts: readonly Part<unknown>[], {environments: asked}: ServiceRequest) {
  const [failed] = failedOf(parts)
  const isNone = doneOf(parts).length === 0
  if (isNone && failed !== undefined) throw failed.error
  if (isNone)
    throw new DeployError('not-found', `find services in ${asked.join(', ')}: there are none.`, {
      hint: 'Name an environment as helmfile does: deploy status shows which there are.',
    })
  const names = doneOf(parts).flatMap(({environments}) => environments)
  const counts = new Map(
    [...Map.groupBy(names, name => name)].map(([name, some]) => [name, some.length] as const),
  )
  return {counts, leftOut: doneOf(parts).flatMap(({leftOut}) => leftOut)}
}
