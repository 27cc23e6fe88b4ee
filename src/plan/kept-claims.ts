import type {KubernetesObject} from '../diff/kubernetes-object.ts'

/** Of a release that is uninstalled: which claims stay, since no helm takes them away. */
export type KeptClaims = {
  /** Claims of the chart itself that say so. */
  names: ReadonlySet<string>
  /** Those that its StatefulSets made: `TEMPLATE-SET-`, then a number. */
  prefixes: readonly string[]
}

/** What a release's manifest says of the claims that outlive it. */
export function keptClaimsOf(objects: readonly KubernetesObject[]): KeptClaims {
  const kept = objects.filter(
    ({kind, body}) =>
      kind === 'PersistentVolumeClaim' && body.metadata?.annotations?.['helm.sh/resource-policy'] === 'keep',
  )
  const sets = objects.filter(({kind}) => kind === 'StatefulSet')
  return {
    names: new Set(kept.map(({name}) => name)),
    prefixes: sets.flatMap(({name, body}) => templatesOf(body).map(template => `${template}-${name}-`)),
  }
}

export function isKeptClaim({names, prefixes}: KeptClaims, name: string): boolean {
  return (
    names.has(name) ||
    prefixes.some(prefix => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
  )
}

export function hasClaims({names, prefixes}: KeptClaims): boolean {
  return names.size + prefixes.length > 0
}

function templatesOf(body: KubernetesObject['body']): string[] {
  const templates: {metadata?: {name?: string}}[] = body.spec?.volumeClaimTemplates ?? []
  return templates.flatMap(({metadata}) => metadata?.name ?? [])
}
