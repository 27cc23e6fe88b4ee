import {type Lock, takeLock} from '../journal/lock.ts'
import type {Plan} from '../plan/plan.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {World} from './world.ts'

/**
 * Hold the service in every environment of the plan while `act` runs. All or none: what was taken is given back when
 * one is held by someone else.
 */
export async function holdingLocks<T>(
  plan: Plan,
  message: string | undefined,
  sites: ReadonlyMap<string, EnvironmentSite>,
  world: World,
  act: () => Promise<T>,
): Promise<T> {
  const locks: Lock[] = []
  try {
    // One after the other and always in the plan's order: two runs cannot hold what the other one waits for.
    for (const place of placesOf(plan, sites)) {
      const owner = {
        runId: world.runId,
        by: world.actor.user,
        from: world.actor.host,
        since: world.startedAt,
        reason: world.secrecy.mask(message ?? ''),
      }
      locks.push(await takeLock(place, owner, world.nowMs))
    }
    return await act()
  } finally {
    await Promise.all(locks.map(lock => lock.release()))
  }
}

function placesOf(plan: Plan, sites: ReadonlyMap<string, EnvironmentSite>) {
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
