import {readKeptObjects} from './kept-objects.ts'
import {type LockPlace, refOf} from './lock.ts'

/**
 * Of these places, those where there is a lock, held or not: by one small request a namespace instead of one a lock, since most
 * often there is none. Who may not list reads each of them.
 */
export async function presentLocks(places: readonly LockPlace[]): Promise<LockPlace[]> {
  const byNamespace = Map.groupBy(places, ({cluster, namespace}) => `${cluster.server} ${namespace}`)
  const found = await Promise.all(
    [...byNamespace.values()].map(async some => {
      const kept = some[0] && (await readKeptObjects(some[0].cluster, some[0].namespace, 'names'))
      return kept === undefined ? some : some.filter(place => kept.has(refOf(place).name))
    }),
  )
  return found.flat()
}
