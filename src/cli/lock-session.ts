import {freeze, lockedAsAWhole, unfreeze, type Unlocked} from '../flow/freeze.ts'
import {checkLockPolicy} from '../flow/lock-policy.ts'
import {unlockRight} from '../flow/unlock-right.ts'
import type {World} from '../flow/world.ts'
import type {LockPlace} from '../journal/lock.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {type Live, withLive} from './live-session.ts'
import {withCharts} from './open-charts.ts'
import {inReadSession, type ServiceRequest} from './read-session.ts'

/** Lock a service by hand; the environments that are locked now. */
export async function lockService(
  flags: BaseFlags,
  request: ServiceRequest,
  reason: string,
): Promise<string[]> {
  return inPlaces(flags, request, async (places, world) => {
    checkLockPolicy('lock', places, world)
    const {runId, actor, startedAt, nowMs} = world
    const who = {runId, by: actor.user, from: actor.host, since: startedAt}
    await freeze(places, {...who, reason, state: 'frozen', process: undefined}, nowMs)
    return [...new Set(places.map(place => `${place.service} in ${place.environment}`))]
  })
}

/**
 * Give a service free again; what was held where, and where everything stays locked.
 * @param force why somebody else's lock is removed as well
 */
export async function unlockService(
  flags: BaseFlags,
  request: ServiceRequest,
  force: string | undefined,
): Promise<{unlocked: Unlocked[]; still: Unlocked[]}> {
  return inPlaces(flags, request, async (places, world) => {
    checkLockPolicy('unlock', places, world)
    return {
      unlocked: await unfreeze(places, unlockRight(force, world)),
      still: await lockedAsAWhole(places),
    }
  })
}

async function inPlaces<T>(
  flags: BaseFlags,
  {name, environments, given}: ServiceRequest,
  act: (places: readonly LockPlace[], world: World) => Promise<T>,
): Promise<T> {
  const request = {environments, selectors: [], identity: 'deployer'} as const
  const look = (world: World) => withLive(request, world, live => act(allPlaces(live, world), world))
  return withCharts(await openHost(flags), charts => inReadSession(charts, name, look, {given}))
}

// All of them, or none.
function allPlaces({environments, problems}: Live, world: World): LockPlace[] {
  const [problem] = problems
  if (problem !== undefined) throw problem.error
  return placesOf(environments, world)
}

/** Always in the same order: two people cannot hold what the other one waits for. */
export function placesOf(environments: Live['environments'], {service}: World): LockPlace[] {
  return environments
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({name, namespaces, cluster}) =>
      namespaces.map(namespace => ({cluster, namespace, service: service.name, environment: name})),
    )
}
