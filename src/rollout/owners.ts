import type {ApiObject} from './verdict.ts'

const REVISION = 'deployment.kubernetes.io/revision'

/**
 * The ReplicaSet the Deployment rolls out now: of those it controls (by UID), the one with the newest revision, and only if
 * that is the revision the Deployment itself names: else the list is behind, and its pods are those of an older version.
 */
export function newestReplicaSet(
  deployment: ApiObject,
  controlled: readonly ApiObject[],
): ApiObject | undefined {
  const newest = controlled.reduce<ApiObject | undefined>(
    (best, each) => (best === undefined || revisionOf(each) > revisionOf(best) ? each : best),
    undefined,
  )
  if (newest === undefined || revisionOf(newest) < revisionOf(deployment)) return undefined
  return newest
}

function revisionOf(object: ApiObject): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0)
}
