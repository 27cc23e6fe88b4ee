import type {Cluster} from '../cluster/client.ts'
import {DeployError} from '../errors.ts'
import {type LockPlace, refOf} from './lock.ts'
import {OURS_SELECTOR} from './ours.ts'

/**
 * Of these places, those where there is a lock, held or not: by one small request a namespace instead of one a lock, since most
 * often there is none. Who may not list reads each of them.
 */
export async function presentLocks(places: readonly LockPlace[]): Promise<LockPlace[]> {
  const byNamespace = Map.groupBy(places, ({cluster, namespace}) => `${cluster.server} ${namespace}`)
  const found = await Promise.all(
    [...byNamespace.values()].map(async some => {
      const names = some[0] && (await namesIn(some[0].cluster, some[0].namespace))
      return names === undefined ? some : some.filter(place => names.has(refOf(place).name))
    }),
  )
  return found.flat()
}

async function namesIn(cluster: Cluster, namespace: string): Promise<ReadonlySet<string> | undefined> {
  const query = {labelSelector: OURS_SELECTOR, metadataOnly: true}
  try {
    const {items} = await cluster.list({kind: 'ConfigMap', namespace}, query)
    return new Set(items.map(({metadata}) => metadata.name))
  } catch (error) {
    if (error instanceof DeployError && error.exitKind === 'forbidden') return undefined
    throw error
  }
}
