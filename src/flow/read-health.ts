import {workloadsOf} from '../diff/images.ts'
import type {ReleaseFacts} from '../plan/facts.ts'
import {type Health, healthOf} from '../rollout/health.ts'
import type {Snapshot} from '../rollout/verdict.ts'
import {lookAt} from './logs-snapshot.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {World} from './world.ts'

/** How the pods of a release are now; none where nothing is deployed, or pods may not be read. */
export type ReadHealth = (release: ReleaseFacts) => Promise<Health | undefined>

/** Looks once at each namespace, however many releases it has. */
export function readHealth({cluster}: EnvironmentSite, {settings, secrecy}: World): ReadHealth {
  const looks = new Map<string, Promise<Snapshot | undefined>>()
  const look = (namespace: string) => {
    const looking = looks.get(namespace) ?? lookAt(cluster, namespace).catch(() => undefined)
    looks.set(namespace, looking)
    return looking
  }
  return async ({deployed, namespace}) => {
    const snapshot = deployed && (await look(namespace))
    const health = snapshot && healthOf(workloadsOf(deployed.objects), snapshot, settings.rollout)
    return (
      health && {
        ...health,
        troubles: health.troubles.map(one => ({...one, message: secrecy.mask(one.message)})),
      }
    )
  }
}
