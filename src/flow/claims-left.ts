import {readRevision} from '../cluster/releases.ts'
import {parseManifest} from '../diff/manifests.ts'
import {hasClaims, isKeptClaim, keptClaimsOf} from '../plan/kept-claims.ts'
import type {Stage} from '../plan/plan.ts'
import type {EnvironmentSite} from './open-environment.ts'

/**
 * Look, before a stage takes releases away, at which claims will stay. What cannot be read is not told.
 * @returns asked afterwards: a sentence for each release whose claims are there still
 */
export async function watchClaims(stage: Stage, site: EnvironmentSite): Promise<() => Promise<string[]>> {
  const going = stage.steps.filter(({action}) => action.kind === 'uninstall')
  const claims = await Promise.all(
    going.map(async ({release, action}) => {
      const {namespace, name} = release
      const revision = action.fromRevision
      const read =
        revision === undefined
          ? undefined
          : await readRevision(site.cluster, namespace, name, revision).catch(() => undefined)
      return {release, kept: keptClaimsOf(parseManifest(read?.manifest ?? '', namespace))}
    }),
  )
  return async () => {
    const told = claims
      .filter(({kept}) => hasClaims(kept))
      .map(async ({release: {namespace, name}, kept}) => {
        const found = await site.cluster
          .list({kind: 'PersistentVolumeClaim', namespace}, {metadataOnly: true})
          .catch(() => ({items: []}))
        const left = found.items.map(({metadata}) => metadata.name).filter(one => isKeptClaim(kept, one))
        return left.length === 0 ? [] : [claimsText(name, namespace, left)]
      })
    return (await Promise.all(told)).flat()
  }
}

function claimsText(release: string, namespace: string, claims: readonly string[]): string {
  const names = claims.toSorted().join(' ')
  return `${release} is taken away, its data stays: kubectl delete pvc --namespace ${namespace} ${names} removes that, too.`
}
