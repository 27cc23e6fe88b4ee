import type {Cluster} from '../cluster/client.ts'
import {listRevisions} from '../cluster/releases.ts'
import {DeployError} from '../errors.ts'
import type {NotInstalledRelease} from '../plan/facts.ts'
import type {HelmfileState, StateRelease} from '../tools/helmfile-state.ts'

/** The releases that helmfile does not install in an environment, and whether helm has them there all the same. */
export async function readNotInstalled(
  cluster: Cluster,
  {releases}: HelmfileState,
): Promise<NotInstalledRelease[]> {
  const home = cluster.namespace ?? 'default'
  const others = releases.filter(({isInstalled}) => !isInstalled)
  const byNamespace = Map.groupBy(others, ({namespace}) => namespace || home)
  const found = await Promise.all(
    [...byNamespace].map(([namespace, some]) => lookIn(cluster, namespace, some)),
  )
  const all = found.flat()
  return others.flatMap(
    one => all.find(({name, namespace}) => name === one.name && namespace === (one.namespace || home)) ?? [],
  )
}

async function lookIn(
  cluster: Cluster,
  namespace: string,
  releases: readonly StateRelease[],
): Promise<NotInstalledRelease[]> {
  const names = releases.map(({name}) => name)
  try {
    const revisions = await listRevisions(cluster, namespace, names)
    return names.map(name => {
      const newest = revisions.find(one => one.name === name)
      // helm keeps a record where it was told so.
      const isThere = newest !== undefined && newest.status !== 'uninstalled'
      return {namespace, name, found: isThere ? 'installed' : 'nothing'}
    })
  } catch (error) {
    // Of a namespace that may not be read, or a cluster that does not answer: what has to be known fails by itself.
    if (!(error instanceof DeployError)) throw error
    return names.map(name => ({namespace, name, found: 'unknown'}))
  }
}
