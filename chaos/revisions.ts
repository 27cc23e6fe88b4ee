import {helm} from '../test/e2e/deploy.ts'
import type {ReleasePlace, Target} from './target.ts'

/** The newest revision that helm holds of each release, by `cluster/release`. */
export async function newestRevisions({service, releases}: Target): Promise<Record<string, number>> {
  const read = releases.map(async ({cluster, name}) => {
    const listed = await helm(cluster, service, ['history', name, '--max', '1', '--output', 'json'])
    return [`${cluster}/${name}`, (JSON.parse(listed) as {revision: number}[]).at(-1)?.revision ?? 0]
  })
  return Object.fromEntries(await Promise.all(read))
}

/** The newest revision of a release in which this tag stands; none when helm never wrote it, or took it back at once. */
export async function revisionOfTag(
  service: string,
  {cluster, name}: ReleasePlace,
  tag: string,
): Promise<{revision: number; status: string} | undefined> {
  const listed = await helm(cluster, service, ['history', name, '--output', 'json'])
  const revisions = JSON.parse(listed) as {revision: number; status: string}[]
  for (const {revision, status} of revisions.toReversed()) {
    const manifest = await helm(cluster, service, ['get', 'manifest', name, '--revision', String(revision)])
    if (manifest.includes(tag)) return {revision, status}
  }
  return undefined
}
