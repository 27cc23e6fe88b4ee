import {deleteLock, readLock} from '../journal/lock.ts'
import {hasEnded} from '../tools/this-process.ts'
import type {Gathered} from './gather-each.ts'
import {placesOfSites} from './locks.ts'
import type {World} from './world.ts'

/** Remove the locks of processes that are gone: of a run that was killed before it touched anything nothing else is left. */
export async function removeDeadLocks(sites: Gathered['sites'], {service}: World): Promise<void> {
  await Promise.all(
    placesOfSites(sites, service.name).map(async place => {
      const lock = await readLock(place, hasEnded)
      if (lock.kind === 'dead') await deleteLock(place, lock.object)
    }),
  )
}
