import type {Cluster} from '../cluster/client.ts'
import {ConflictError} from '../cluster/faults.ts'
import {DeployError} from '../errors.ts'
import type {ApiObject} from '../rollout/verdict.ts'

/** Who holds a service in one environment, why, since when. */
export type LockOwner = {runId: string; by: string; from: string; since: string; reason: string}

export type LockPlace = {cluster: Cluster; namespace: string; service: string; environment: string}

/** A held lock: renewed while the run works, so that one left by a killed process runs out. */
export type Lock = {release(): Promise<void>}

const RENEW_EVERY_MS = 10_000
/** Renewed six times as often: a slow API server does not cost the lock. */
const EXPIRES_AFTER_MS = 60_000

/**
 * Take the lock of a service in one environment: a ConfigMap, written with optimistic concurrency, so that of two
 * deploy hosts one wins (Wikimedia's deployers may not touch Leases).
 * @throws DeployError `locked` that says by whom, why and since when
 */
export async function takeLock(place: LockPlace, owner: LockOwner, nowMs: () => number): Promise<Lock> {
  let held = await write(place, owner, nowMs())
  const timer = setInterval(() => {
    const renewed = {...held, data: dataOf(owner, nowMs())}
    place.cluster.replace(renewed).then(
      object => {
        held = object
      },
      // Tried again at the next tick; whoever takes an expired lock has a newer resourceVersion.
      () => {},
    )
  }, RENEW_EVERY_MS).unref()
  return {
    async release() {
      clearInterval(timer)
      // Only as we wrote it last: whoever took it over has written since.
      await place.cluster.delete(refOf(place), version(held)).catch(() => {})
    },
  }
}

async function write(place: LockPlace, owner: LockOwner, nowMs: number): Promise<ApiObject> {
  const {namespace, name} = refOf(place)
  const metadata = {namespace, name, labels: {'app.kubernetes.io/managed-by': 'deploy'}}
  const object: ApiObject = {apiVersion: 'v1', kind: 'ConfigMap', metadata, data: dataOf(owner, nowMs)}
  try {
    return await place.cluster.create(object)
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
  }
  const found = await place.cluster.get(refOf(place))
  if (found === undefined) return write(place, owner, nowMs)
  if (!isExpired(found, nowMs)) throw locked(place, found)
  try {
    return await place.cluster.replace({...object, metadata: {...metadata, ...version(found)}})
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
    throw locked(place, (await place.cluster.get(refOf(place))) ?? found)
  }
}

function refOf({namespace, service}: LockPlace) {
  return {kind: 'ConfigMap', namespace, name: `deploy-lock-${service}`}
}

function dataOf(owner: LockOwner, nowMs: number): Record<string, string> {
  return {...owner, renewedAt: new Date(nowMs).toISOString()}
}

function version({metadata}: ApiObject): {resourceVersion?: string} {
  return metadata.resourceVersion === undefined ? {} : {resourceVersion: metadata.resourceVersion}
}

function isExpired(object: ApiObject, nowMs: number): boolean {
  const renewedAtMs = Date.parse(data(object).renewedAt ?? '')
  return !Number.isFinite(renewedAtMs) || nowMs - renewedAtMs > EXPIRES_AFTER_MS
}

function locked(place: LockPlace, object: ApiObject): DeployError {
  const {
    by = 'someone',
    from = 'somewhere',
    since = 'an unknown time',
    reason = '',
    runId = '',
  } = data(object)
  const why = reason === '' ? '' : `, ${reason}`
  return new DeployError(
    'locked',
    `lock ${place.service} in ${place.environment}: ${by} on ${from} is at work there since ${since} (run ${runId}${why}).`,
    {hint: 'Wait for that run to end, then run the same command again.'},
  )
}

function data(object: ApiObject): Record<string, string | undefined> {
  return (object.data ?? {}) as Record<string, string | undefined>
}
