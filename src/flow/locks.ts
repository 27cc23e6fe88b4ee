import {holdLock, type HeldLock} from '../journal/held-lock.ts'
import {byLock, type LockPlace} from '../journal/lock.ts'
import type {LockHolder} from '../journal/lock-holder.ts'
import type {Failure} from '../plan/events.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {hasEnded, thisProcess} from '../tools/this-process.ts'
import {refuseScap} from './heed-scap.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {Page} from './record.ts'
import type {World} from './world.ts'

/** The locks of a run while it works. */
export type Holdings = {
  /** Aborted, with a failure as its reason, as soon as one of them is not ours any more. */
  lost: AbortSignal
  /** Before a step: the locks of its environment must still be ours. */
  confirm(environment: string): Promise<void>
}

export type Holding = {
  places: readonly LockPlace[]
  message: string | undefined
  /** The run that this one finishes: where it paused, its locks are taken over. */
  finishes: string | undefined
}

/**
 * Hold the service in every place while `act` runs. All or none: what was taken is given back when
 * one is held by someone else.
 * @throws DeployError `locked`
 */
export async function holdingLocks(
  holding: Holding,
  world: Pick<World, 'runId' | 'actor' | 'startedAt' | 'nowMs' | 'settings'>,
  act: (holdings: Holdings) => Promise<Outcome>,
): Promise<Outcome> {
  const held: {places: readonly LockPlace[]; lock: HeldLock}[] = []
  const losing = new AbortController()
  const holder: LockHolder = {
    runId: world.runId,
    by: world.actor.user,
    from: world.actor.host,
    since: world.startedAt,
    reason: holding.message ?? '',
    state: 'working',
    ...(holding.finishes === undefined ? {} : {finishes: holding.finishes}),
    process: await thisProcess(),
  }
  try {
    // One after the other and always in the same order: two runs cannot hold what the other one waits for.
    for (const places of byLock(inOrder(holding.places))) {
      const [place] = places
      const lock = await holdLock(place, holder, {
        hasEnded,
        nowMs: world.nowMs,
        takesOver: holding.finishes,
        onLost: message => losing.abort(lockLost(place, message)),
      })
      held.push({places, lock})
    }
    // As late as it can be: to scap a run is not visible.
    await refuseScap(world.settings.scap)
    const outcome = await act({
      lost: losing.signal,
      async confirm(environment) {
        const here = held.filter(({places}) => places.some(place => place.environment === environment))
        await Promise.all(here.map(one => one.lock.renew()))
      },
    })
    // Whoever comes next has to go on with it or undo it first.
    if (outcome.kind === 'paused') await Promise.all(held.map(({lock}) => lock.keep(outcome.summary)))
    return outcome
  } finally {
    // Nothing of one that is kept, or lost.
    await Promise.all(held.map(({lock}) => lock.release()))
  }
}

function lockLost({environment}: LockPlace, message: string): Failure {
  return {kind: 'lock-lost', environment, message}
}

function inOrder(places: readonly LockPlace[]): LockPlace[] {
  const nameOf = ({environment, namespace}: LockPlace) => `${environment}/${namespace}`
  return places.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** Every namespace that a service has releases in. */
export function placesOfSites(sites: ReadonlyMap<string, EnvironmentSite>, service: string): LockPlace[] {
  return [...sites.values()].flatMap(({cluster, environment, namespaces}) =>
    namespaces.map(namespace => ({cluster, namespace, environment, service})),
  )
}

/** Every namespace that a plan changes something in. */
export function placesOfPlan(plan: Plan, sites: ReadonlyMap<string, EnvironmentSite>): LockPlace[] {
  const byEnvironment = Map.groupBy(plan.stages, stage => stage.environment)
  return [...byEnvironment].flatMap(([environment, stages]) => {
    const site = sites.get(environment)
    const namespaces = new Set(stages.flatMap(stage => stage.steps.map(step => step.release.namespace)))
    return site === undefined
      ? []
      : [...namespaces].map(namespace => ({
          cluster: site.cluster,
          namespace,
          service: plan.service.name,
          environment,
        }))
  })
}

/** Every namespace that a recorded run changes something in. */
export function placesOfPages(pages: readonly Page[]): LockPlace[] {
  return pages.flatMap(({environment, record, place}) => {
    const namespaces = new Set(record.releases.map(release => release.namespace ?? place.namespace))
    return [...namespaces].map(namespace => ({...place, namespace, environment}))
  })
}
