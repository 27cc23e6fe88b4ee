import {holdLock, type HeldLock} from '../journal/held-lock.ts'
import type {LockPlace} from '../journal/lock.ts'
import type {LockHolder} from '../journal/lock-holder.ts'
import type {Failure} from '../plan/events.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {hasEnded, thisProcess} from '../tools/this-process.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {World} from './world.ts'

/** The locks of a run while it works. */
export type Holdings = {
  /** Aborted, with a failure as its reason, as soon as one of them is not ours any more. */
  lost: AbortSignal
  /** Before a step: the locks of its environment must still be ours. */
  confirm(environment: string): Promise<void>
}

export type Holding = {
  message: string | undefined
  /** The run whose locks may be taken although they are held: it paused, and this one finishes it. */
  takesOver: string | undefined
}

/**
 * Hold the service in every environment of the plan while `act` runs. All or none: what was taken is given back when
 * one is held by someone else.
 * @throws DeployError `locked`
 */
export async function holdingLocks(
  plan: Plan,
  holding: Holding,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  act: (holdings: Holdings) => Promise<Outcome>,
): Promise<Outcome> {
  const held: {place: LockPlace; lock: HeldLock}[] = []
  const losing = new AbortController()
  const holder: LockHolder = {
    runId: world.runId,
    by: world.actor.user,
    from: world.actor.host,
    since: world.startedAt,
    reason: holding.message ?? '',
    state: 'working',
    process: await thisProcess(),
  }
  try {
    // One after the other and always in the same order: two runs cannot hold what the other one waits for.
    for (const place of placesOf(plan, sites)) {
      const lock = await holdLock(place, holder, {
        hasEnded,
        nowMs: world.nowMs,
        takesOver: holding.takesOver,
        onLost: message => losing.abort(lockLost(place, message)),
      })
      held.push({place, lock})
    }
    return await act({
      lost: losing.signal,
      async confirm(environment) {
        const here = held.filter(one => one.place.environment === environment)
        await Promise.all(here.map(one => one.lock.renew()))
      },
    })
  } finally {
    await Promise.all(held.map(({lock}) => lock.release()))
  }
}

function lockLost({environment}: LockPlace, message: string): Failure {
  return {kind: 'lock-lost', environment, message}
}

function placesOf(plan: Plan, sites: ReadonlyMap<string, EnvironmentSite>): LockPlace[] {
  const byEnvironment = Map.groupBy(plan.stages, stage => stage.environment)
  const inOrder = [...byEnvironment].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return inOrder.flatMap(([environment, stages]) => {
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
