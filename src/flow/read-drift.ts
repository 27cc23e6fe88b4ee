import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import {isAsWritten, withoutServerFields, withStoredData} from '../diff/as-written.ts'
import {ownersOfChanges} from '../diff/field-owners.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {isSameValue} from '../diff/same-value.ts'
import {DeployError} from '../errors.ts'
import {type DriftedObject, type LiveDrift, noDrift} from '../plan/drift.ts'
import type {ReleaseFacts, RevisionFacts} from '../plan/facts.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import type {World} from './world.ts'

/** What was changed by hand since a release was deployed. What a failed revision left behind was not. */
export async function driftSince(
  deployed: RevisionFacts | undefined,
  latest: ReleaseFacts['latest'],
  cluster: Cluster,
  {secrecy}: Pick<World, 'secrecy'>,
): Promise<LiveDrift> {
  if (deployed === undefined || latest?.revision !== deployed.revision) return noDrift
  const drift = await readDrift(deployed.objects, cluster)
  secrecy.learnFrom(drift.objects.flatMap(({live}) => live ?? []))
  return drift
}

/**
 * Which live objects are not as the deployed revision's manifest has them, in the fields that it names.
 * Each object is read once; only where that looks like a difference the server is asked, as a dry run, what applying the manifest
 * would make of it: it alone knows defaults and that `1000m` is `1`.
 */
export async function readDrift(objects: readonly KubernetesObject[], cluster: Cluster): Promise<LiveDrift> {
  const found = await Promise.all(objects.map(object => look(object, cluster)))
  return {
    objects: found.flatMap(one => (one.kind === 'drifted' ? [one.object] : [])),
    unread: found.flatMap(one => (one.kind === 'unread' ? [one.name] : [])),
  }
}

type Look = {kind: 'as-deployed'} | {kind: 'drifted'; object: DriftedObject} | {kind: 'unread'; name: string}

async function look(object: KubernetesObject, cluster: Cluster): Promise<Look> {
  const {apiVersion, kind, namespace, name} = object
  const ref = {apiVersion, kind, namespace, name}
  try {
    const live = await cluster.get(ref)
    if (live === undefined) return {kind: 'drifted', object: {deployed: object, live: undefined, by: []}}
    if (isAsWritten(withStoredData(object.body), live)) return {kind: 'as-deployed'}
    return compareApplied(object, live, await applied(object, cluster))
  } catch (error) {
    // Other faults are found where they matter; drift is no reason to stop.
    if (error instanceof ConflictError) return {kind: 'as-deployed'}
    if (error instanceof DeployError) return {kind: 'unread', name: `${kind} ${name}`}
    throw error
  }
}

function applied(object: KubernetesObject, cluster: Cluster): Promise<ApiObject> {
  const {apiVersion, kind, namespace, name} = object
  const body = {...object.body, metadata: {...object.body.metadata, namespace}}
  return cluster.patch(
    {apiVersion, kind, namespace, name},
    {kind: 'apply', body},
    {dryRun: true, fieldManager: 'helm', force: true},
  )
}

function compareApplied(object: KubernetesObject, live: ApiObject, asDeployed: ApiObject): Look {
  const [before, after] = [asDeployed, live].map(one => withoutServerFields(one))
  if (isSameValue(before, after)) return {kind: 'as-deployed'}
  return {
    kind: 'drifted',
    object: {
      deployed: {...object, body: before},
      live: {...object, body: after},
      by: ownersOfChanges(live.metadata.managedFields, before, after),
    },
  }
}
