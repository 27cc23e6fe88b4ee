import type {Cluster} from '../cluster/client.ts'
import {collectSecretValues, makeMask} from '../diff/redact.ts'
import {DeployError} from '../errors.ts'

export type Mask = (text: string) => string

/**
 * Hides what the Secrets of a namespace hold: a log may print them. `undefined` for those who may not read Secrets:
 * nobody can tell then what has to be hidden.
 */
export async function maskOfNamespace(cluster: Cluster, namespace: string): Promise<Mask | undefined> {
  try {
    // helm's own records are large, and what is secret in them is in the others.
    const {items} = await cluster.list(
      {kind: 'Secret', namespace},
      {fieldSelector: 'type!=helm.sh/release.v1'},
    )
    const secrets = items.map(body => ({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace,
      name: body.metadata.name,
      source: undefined,
      body,
    }))
    return makeMask(collectSecretValues(secrets))
  } catch (error) {
    if (error instanceof DeployError && error.exitKind === 'forbidden') return undefined
    throw error
  }
}
