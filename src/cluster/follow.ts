import {hasPods} from '../rollout/judge.ts'
import type {ApiObject, Snapshot, WorkloadKind} from '../rollout/verdict.ts'
import type {Cluster} from './client.ts'
import {type FollowedKind, followKind} from './followed-kind.ts'
import type {KindRef} from './resources.ts'

/** Everything a judge needs of one namespace, kept current. */
export type Follow = {
  /** A complete reading of what is known now. */
  snapshot(): Snapshot
  /**
   * Read the workloads again now. Call it when helm has written: afterwards no snapshot shows a workload as it
   * was before that, so an old "all ready" is never taken for the new one's. Throws when they cannot be read.
   */
  relist(): Promise<void>
  /** Kinds this user may not read: judged from what is left. */
  unreadableKinds(): readonly string[]
  /** The server does not answer: what is known may be old. Gone as soon as it answers again. */
  fault(): {message: string; sinceMs: number} | undefined
  close(): Promise<void>
}

export type FollowOptions = {
  signal?: AbortSignal
  /** Called soon after something changed, once for many changes. */
  onChange?: () => void
  coalesceMs?: number
  relistEveryMs?: number
}

/** A kind that is judged; `apiVersion` where only the cluster knows it. */
export type JudgedKind = Pick<KindRef, 'apiVersion' | 'kind'>

/** What has to be read to judge a kind of workload; the workload itself always comes first. */
const READ_WITH: Record<WorkloadKind, readonly string[]> = {
  Deployment: ['Deployment', 'ReplicaSet', 'Pod'],
  StatefulSet: ['StatefulSet', 'Pod'],
  DaemonSet: ['DaemonSet', 'Pod'],
  Job: ['Job', 'Pod'],
  Pod: ['Pod'],
}

/**
 * Follow the workloads of some kinds in a namespace: one list and one watch a kind, a list again every minute
 * (a watch alone can lose objects: peers.md §3, case 16). Resolves when the first reading is complete.
 */
export async function followNamespace(
  cluster: Cluster,
  namespace: string,
  kinds: readonly JudgedKind[],
  options: FollowOptions = {},
): Promise<Follow> {
  const ending = new AbortController()
  const stopped = AbortSignal.any([ending.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const announce = onceForMany(options.onChange ?? (() => {}), options.coalesceMs ?? 50)
  const follow = ({kind, apiVersion}: JudgedKind) =>
    followKind(
      cluster,
      {kind, namespace, ...(apiVersion === undefined ? {} : {apiVersion})},
      {
        mode: kind === 'Event' ? 'watch-only' : 'list-and-watch',
        ...(kind === 'Event' ? eventFilter(kinds) : {}),
        isNeeded: hasPods(kind) || kind === 'Event',
        signal: stopped,
        onChange: announce,
      },
    )
  let followed: FollowedKind[]
  try {
    followed = await Promise.all(readWith(kinds).map(follow))
  } catch (error) {
    ending.abort()
    throw error
  }
  const relistAll = () => Promise.all(followed.map(each => each.relist().catch(() => {})))
  const timer = setInterval(() => void relistAll(), options.relistEveryMs ?? 60_000)
  stopped.addEventListener('abort', () => clearInterval(timer))
  const workloadKinds = new Set(kinds.map(({kind}) => kind))
  return {
    snapshot: () => snapshotOf(followed, workloadKinds),
    async relist() {
      await Promise.all(followed.filter(each => workloadKinds.has(each.kind)).map(each => each.relist()))
    },
    unreadableKinds: () => unreadable(followed),
    fault: () => followed.map(each => each.fault()).find(fault => fault !== undefined),
    async close() {
      ending.abort()
      await Promise.all(followed.map(each => each.ended))
    },
  }
}

/** Each kind once, with what its judge needs. */
function readWith(kinds: readonly JudgedKind[]): JudgedKind[] {
  const read = new Map<string, JudgedKind>(kinds.map(one => [one.kind, one]))
  const more = kinds.flatMap(({kind}) =>
    hasPods(kind) ? READ_WITH[kind] : kind === 'Service' ? ['Pod'] : [],
  )
  for (const kind of [...more, 'Event']) if (!read.has(kind)) read.set(kind, {kind})
  return [...read.values()]
}

/** Only what went wrong: the normal events are most of them. But only those tell why a claim is not bound yet. */
function eventFilter(kinds: readonly JudgedKind[]): {fieldSelector?: string} {
  return kinds.some(({kind}) => kind === 'PersistentVolumeClaim') ? {} : {fieldSelector: 'type=Warning'}
}

function snapshotOf(followed: readonly FollowedKind[], workloadKinds: ReadonlySet<string>): Snapshot {
  const objectsOf = (kind: string): ApiObject[] =>
    followed.filter(each => each.kind === kind).flatMap(each => each.objects())
  return {
    nowMs: Date.now(),
    workloads: [...workloadKinds].flatMap(objectsOf),
    replicaSets: objectsOf('ReplicaSet'),
    pods: objectsOf('Pod'),
    events: objectsOf('Event'),
    unreadable: unreadable(followed),
  }
}

function unreadable(followed: readonly FollowedKind[]): string[] {
  return followed.filter(each => each.forbidden() !== undefined).map(each => each.kind)
}

/** Many changes come in one burst: the listener hears of them once. */
function onceForMany(listener: () => void, coalesceMs: number): () => void {
  let isDue = false
  return () => {
    if (isDue) return
    isDue = true
    setTimeout(() => {
      isDue = false
      listener()
    }, coalesceMs)
  }
}
