import {freshWarnings, lastEvent, type Warning, warningsAbout} from './warnings.ts'
import {
  type ApiObject,
  type Baseline,
  objectKey,
  type Snapshot,
  type WorkloadRef,
  workloadKey,
} from './verdict.ts'

/** A snapshot put in order: found by owner, sorted by name, each object once. */
export type Reading = {
  nowMs: number
  baseline: Baseline
  workload(ref: WorkloadRef): ApiObject | undefined
  workloads: readonly ApiObject[]
  pods: readonly ApiObject[]
  /** What this object controls, by owner UID: names are used again, UIDs are not. */
  replicaSetsOf(owner: ApiObject): readonly ApiObject[]
  podsOf(owner: ApiObject): readonly ApiObject[]
  /** Warnings about this object that happened since the rollout began, the newest last; worked out at each call. */
  warningsOf(object: ApiObject): readonly Warning[]
  /** The same of something that is not there any more, by its name. */
  warningsAbout(ref: WorkloadRef): readonly Warning[]
  /** The newest that was told of this object, warning or not, as far as it is followed. */
  lastEventOf(object: ApiObject): Warning | undefined
  canRead(kind: string): boolean
}

/** The order and repetition of objects in the lists means nothing, and is taken away here once for all judges. */
export function readSnapshot(snapshot: Snapshot, baseline: Baseline): Reading {
  const objects = newestOfEach(snapshot.workloads)
  const workloads = new Map(objects.map(object => [objectKey(object), object]))
  const replicaSets = byOwner(newestOfEach(snapshot.replicaSets))
  const allPods = newestOfEach(snapshot.pods)
  const pods = byOwner(allPods)
  const events = newestOfEach(snapshot.events)
  const warnings = freshWarnings(events, baseline)
  return {
    nowMs: snapshot.nowMs,
    baseline,
    // A chart gives every object the release's namespace, also one that has none.
    workload: ref => workloads.get(workloadKey(ref)) ?? workloads.get(workloadKey({...ref, namespace: ''})),
    workloads: objects,
    pods: allPods,
    replicaSetsOf: owner => replicaSets.get(owner.metadata.uid ?? '') ?? [],
    podsOf: owner => pods.get(owner.metadata.uid ?? '') ?? [],
    warningsOf: object => warnings(object.metadata.uid ?? ''),
    warningsAbout: ref => warningsAbout(ref, events, baseline),
    lastEventOf: object => lastEvent(events, object.metadata.uid ?? ''),
    canRead: kind => !(snapshot.unreadable ?? []).includes(kind),
  }
}

function newestOfEach(objects: readonly ApiObject[]): ApiObject[] {
  const newest = new Map<string, ApiObject>()
  for (const object of objects) {
    const key = object.metadata.uid ?? `${object.metadata.namespace}/${object.metadata.name}`
    const held = newest.get(key)
    if (held === undefined || versionOf(object) > versionOf(held)) newest.set(key, object)
  }
  return [...newest.values()].sort(compareNames)
}

function byOwner(objects: readonly ApiObject[]): Map<string, ApiObject[]> {
  return Map.groupBy(objects, object => {
    const owner = object.metadata.ownerReferences?.find(each => each.controller !== false)
    return owner?.uid ?? ''
  })
}

function compareNames(a: ApiObject, b: ApiObject): number {
  const [x, y] =
    a.metadata.name === b.metadata.name
      ? [a.metadata.uid ?? '', b.metadata.uid ?? '']
      : [a.metadata.name, b.metadata.name]
  return x < y ? -1 : x > y ? 1 : 0
}

function versionOf(object: ApiObject): bigint {
  const version = object.metadata.resourceVersion ?? ''
  return /^\d+$/.test(version) ? BigInt(version) : 0n
}
