import {freeze, unfreeze, type Unlocked, type UnlockRight} from '../flow/freeze.ts'
import type {World} from '../flow/world.ts'
import type {LockPlace} from '../journal/lock.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {type Live, withLive} from './live-session.ts'
import {withCharts} from './open-charts.ts'
import {inReadSession} from './read-session.ts'

export type LockRequest = {name: string | undefined; environments: readonly string[]}

/** Lock a service by hand; the environments that are locked now. */
export async function lockService(flags: BaseFlags, request: LockRequest, reason: string): Promise<string[]> {
  return inPlaces(flags, request, async (places, world) => {
    const {runId, actor, startedAt, nowMs} = world
    const who = {runId, by: actor.user, from: actor.host, since: startedAt}
    await freeze(places, {...who, reason, state: 'frozen', process: undefined}, nowMs)
    return [...new Set(places.map(place => `${place.service} in ${place.environment}`))]
  })
}

/** Give a service free again; what was held where. */
export async function unlockService(
  flags: BaseFlags,
  request: LockRequest,
  isForced: boolean,
): Promise<Unlocked[]> {
  return inPlaces(flags, request, (places, {actor}) => {
    const right: UnlockRight = isForced ? {kind: 'anybody'} : {kind: 'own', by: actor.user}
    return unfreeze(places, right)
  })
}

async function inPlaces<T>(
  flags: BaseFlags,
  {name, environments}: LockRequest,
  act: (places: readonly LockPlace[], world: World) => Promise<T>,
): Promise<T> {
  const request = {environments, selectors: [], identity: 'deployer'} as const
  const look = (world: World) => withLive(request, world, live => act(placesOf(live, world), world))
  return withCharts(await openHost(flags), charts => inReadSession(charts, name, look))
}

// Always in the same order: two people cannot hold what the other one waits for.
function placesOf({environments, problems}: Live, {service}: World): LockPlace[] {
  const [problem] = problems
  if (problem !== undefined) throw problem.error
  return environments
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({name, namespaces, cluster}) =>
      namespaces.map(namespace => ({cluster, namespace, service: service.name, environment: name})),
    )
}
