import type {Cluster} from '../cluster/client.ts'
import {DeployError} from '../errors.ts'
import {lookAt} from './logs-snapshot.ts'
import {byInterest, podsOfReleases, type ServicePod} from './logs-pods.ts'

/** One environment of the service: the releases that were selected, and where their pods are. */
export type PodPlace = {
  name: string
  cluster: Cluster
  namespaces: readonly string[]
  releases: readonly {namespace: string; name: string}[]
  kubeconfig: {path: string; context: string | undefined}
}

export type PlacedPod = ServicePod & {place: PodPlace}

/**
 * Every pod of the selected releases, the most interesting first, wherever it is.
 * @throws DeployError `not-found` when there is none
 */
export async function findPods(service: string, places: readonly PodPlace[]): Promise<PlacedPod[]> {
  const found = await Promise.all(
    places.flatMap(place =>
      place.namespaces.map(async namespace => {
        const snapshot = await lookAt(place.cluster, namespace)
        return podsOfReleases(snapshot, releasesIn(place, namespace)).map(pod => ({...pod, place}))
      }),
    ),
  )
  const pods = found.flat().toSorted(byInterest)
  if (pods.length > 0) return pods
  const names = places.map(place => place.name).join(', ')
  throw new DeployError('not-found', `find the pods of ${service} in ${names}: there are none.`, {
    hint: `deploy status ${service} shows what is installed.`,
  })
}

export function releasesIn(place: PodPlace, namespace: string): string[] {
  return place.releases.filter(release => release.namespace === namespace).map(release => release.name)
}
