import type {Cluster} from '../cluster/client.ts'
import {DeployError} from '../errors.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import {OURS_SELECTOR} from './ours.ts'

/** The ConfigMaps that deploy keeps in one namespace, by name: runs and locks. */
export type KeptObjects = ReadonlyMap<string, ApiObject>

/**
 * All of them in one request, since most often there are few, and each would be asked for.
 * @param detail `names`: only whether they are there
 * @returns nothing for who may not list: that person may read each of them all the same
 */
export async function readKeptObjects(
  cluster: Cluster,
  namespace: string,
  detail: 'names' | 'whole' = 'whole',
): Promise<KeptObjects | undefined> {
  const query = {labelSelector: OURS_SELECTOR, metadataOnly: detail === 'names'}
  try {
    const {items} = await cluster.list({kind: 'ConfigMap', namespace}, query)
    return new Map(items.map(object => [object.metadata.name, object]))
  } catch (error) {
    if (error instanceof DeployError && error.exitKind === 'forbidden') return undefined
    throw error
  }
}
