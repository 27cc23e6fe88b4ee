import type {Cluster} from '../cluster/client.ts'
import type {EnvironmentClass, EnvironmentFacts, ReleaseFacts, ReleaseRef} from '../plan/facts.ts'
import {isSameRelease} from '../plan/release-ref.ts'
import type {HelmfileState, StateRelease} from '../tools/helmfile-state.ts'
import type {EnvironmentSite} from './open-environment.ts'

/** A release in helmfile's state; those that name no namespace are in the kubeconfig's. */
export function writtenOf(
  reading: ReleaseRef,
  state: HelmfileState,
  {cluster}: Pick<EnvironmentSite, 'cluster'>,
): StateRelease | undefined {
  const home = cluster.namespace ?? 'default'
  return state.releases.find(({name, namespace}) =>
    isSameRelease({name, namespace: namespace || home}, reading),
  )
}

export function factsOf(
  environment: string,
  environmentClass: EnvironmentClass,
  cluster: Cluster,
  releases: readonly ReleaseFacts[],
  notInstalledHere: EnvironmentFacts['notInstalledHere'],
): EnvironmentFacts {
  return {
    name: environment,
    environmentClass,
    server: cluster.server,
    releases,
    notInstalledHere,
    outside: undefined,
  }
}

/** As the helmfile lists them. */
export function inStateOrder(
  releases: readonly ReleaseFacts[],
  state: HelmfileState,
  site: EnvironmentSite,
): ReleaseFacts[] {
  const placeOf = (release: ReleaseFacts) => {
    const written = writtenOf(release, state, site)
    return written === undefined ? -1 : state.releases.indexOf(written)
  }
  return releases.toSorted((a, b) => placeOf(a) - placeOf(b))
}

/** Nothing stays open of what could not be read. */
export async function closingOnFailure<T>(
  site: Pick<EnvironmentSite, 'cluster'>,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read()
  } catch (error) {
    await site.cluster.close()
    throw error
  }
}
