import type {Cluster} from '../cluster/client.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {DeployError} from '../errors.ts'
import type {Secrecy} from './secrecy.ts'

/**
 * Hides what the Secrets of a namespace hold, from here on: pods may print any of them.
 * @returns false for those who may not read Secrets: nobody can tell then what has to be hidden
 */
export async function hideSecretsIn(cluster: Cluster, namespace: string, secrecy: Secrecy): Promise<boolean> {
  const secrets = await readSecrets(cluster, namespace)
  secrecy.learnFrom(secrets ?? [])
  return secrets !== undefined
}

async function readSecrets(cluster: Cluster, namespace: string): Promise<KubernetesObject[] | undefined> {
  try {
    // helm's own records are large, and what is secret in them is in the others.
    const {items} = await cluster.list(
      {kind: 'Secret', namespace},
      {fieldSelector: 'type!=helm.sh/release.v1'},
    )
    return items.map(body => ({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace,
      name: body.metadata.name,
      source: undefined,
      body,
    }))
  } catch (error) {
    if (error instanceof DeployError && error.exitKind === 'forbidden') return undefined
    throw error
  }
}
