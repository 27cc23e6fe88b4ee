import {NOTHING_BEFORE} from '../rollout/baseline.ts'
import {type Container, containersOf} from '../rollout/containers.ts'
import {newestReplicaSet} from '../rollout/owners.ts'
import {isPodReady, judgePod} from '../rollout/pod.ts'
import {type Reading, readSnapshot} from '../rollout/reading.ts'
import {DEFAULT_ROLLOUT_SETTINGS} from '../rollout/settings.ts'
import type {ApiObject, Snapshot} from '../rollout/verdict.ts'

/** A pod of one of the service's releases, and what somebody who looks for trouble wants to know of it. */
export type ServicePod = {
  release: string
  namespace: string
  name: string
  /** Of the version that its workload rolls out now. */
  isNewest: boolean
  isReady: boolean
  isTerminating: boolean
  /** Done, for good or ill: it will not run again. */
  isOver: boolean
  /** 0: none; 1: not ready yet; 2: it may be stuck; 3: it will not come up. */
  trouble: number
  /** In a few words. */
  state: string
  /** The container in trouble, else the main one. */
  container: string
  containers: readonly Container[]
  createdAt: string
  uid: string
}

/** The pods of these releases in one namespace: the newest version's first, of those the ones in trouble. */
export function podsOfReleases(snapshot: Snapshot, releases: readonly string[]): ServicePod[] {
  // Whatever is wrong now is of interest, however old it is.
  const reading = readSnapshot(snapshot, NOTHING_BEFORE)
  const found = [...snapshot.workloads.flatMap(workload => podsOf(workload, reading)), ...barePods(reading)]
  return found
    .filter(({release}) => release !== undefined && releases.includes(release))
    .map(({pod, release, isNewest}) => describe(pod, release ?? '', isNewest, reading))
    .toSorted(byInterest)
}

type FoundPod = {pod: ApiObject; release: string | undefined; isNewest: boolean}

function podsOf(workload: ApiObject, reading: Reading): FoundPod[] {
  const release = releaseOf(workload)
  const all = (owner: ApiObject, isNewest: (pod: ApiObject) => boolean) =>
    reading.podsOf(owner).map(pod => ({pod, release: release ?? releaseOf(pod), isNewest: isNewest(pod)}))
  if (workload.kind === 'Deployment') {
    const sets = reading.replicaSetsOf(workload)
    const newest = newestReplicaSet(workload, sets)
    return sets.flatMap(set => all(set, () => set === newest))
  }
  if (workload.kind === 'StatefulSet') {
    const {updateRevision} = workload.status ?? {}
    return all(workload, pod => pod.metadata.labels?.['controller-revision-hash'] === updateRevision)
  }
  if (workload.kind === 'DaemonSet') {
    const generation = Math.max(...reading.podsOf(workload).map(generationOf))
    return all(workload, pod => generationOf(pod) === generation)
  }
  return all(workload, () => true)
}

function generationOf(pod: ApiObject): number {
  return Number(pod.metadata.labels?.['pod-template-generation'] ?? 0)
}

function barePods(reading: Reading): FoundPod[] {
  const ownedByNobody = {metadata: {name: '', uid: ''}}
  return reading.podsOf(ownedByNobody).map(pod => ({pod, release: releaseOf(pod), isNewest: true}))
}

/** helm writes the first into what it installs, but not into hooks; charts write the others, into pods as well. */
function releaseOf({metadata}: ApiObject): string | undefined {
  const {annotations, labels} = metadata
  return (
    annotations?.['meta.helm.sh/release-name'] ?? labels?.release ?? labels?.['app.kubernetes.io/instance']
  )
}

function describe(pod: ApiObject, release: string, isNewest: boolean, reading: Reading): ServicePod {
  const finding = judgePod(pod, reading, DEFAULT_ROLLOUT_SETTINGS)
  const isReady = isPodReady(pod)
  const isOver = /^(Succeeded|Failed)$/.test(pod.status?.phase ?? '')
  // A pod that is ready has got over what happened to it.
  const doom = isReady || finding.kind === 'fine' ? undefined : finding.doom
  const containers = containersOf(pod)
  const trouble = isReady || pod.status?.phase === 'Succeeded' ? 0 : TROUBLE[finding.kind]
  return {
    release,
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    isNewest,
    isReady,
    isTerminating: pod.metadata.deletionTimestamp !== undefined,
    isOver,
    trouble,
    state: doom?.message ?? (isOver ? String(pod.status?.phase).toLowerCase() : finding.state),
    container: doom?.container ?? mainContainer(pod, containers),
    containers,
    createdAt: pod.metadata.creationTimestamp ?? '',
    uid: pod.metadata.uid ?? pod.metadata.name,
  }
}

const TROUBLE = {fine: 1, suspicious: 2, doomed: 3}

function mainContainer(pod: ApiObject, containers: readonly Container[]): string {
  const chosen = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container']
  return chosen ?? (containers.find(one => one.role === 'main') ?? containers[0])?.name ?? ''
}

/** The newest version first, of those the one most in trouble, then the youngest. */
export function byInterest(a: ServicePod, b: ServicePod): number {
  return (
    Number(b.isNewest) - Number(a.isNewest) ||
    Number(a.isTerminating) - Number(b.isTerminating) ||
    b.trouble - a.trouble ||
    compare(b.createdAt, a.createdAt) ||
    compare(a.name, b.name)
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
