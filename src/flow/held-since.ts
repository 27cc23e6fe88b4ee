import type {PastRelease} from '../plan/origin.ts'
import type {RevisionFacts} from '../plan/facts.ts'
import {liveOrigin, liveOverride} from '../plan/past.ts'
import {isWrittenBetween} from '../tools/commits.ts'
import type {World} from './world.ts'

/** Whether git has taken an override in since: then the next version that git names is simply the next one. */
export async function isHeldSince(
  past: readonly PastRelease[],
  deployed: RevisionFacts | undefined,
  {tree, service}: Pick<World, 'tree' | 'service'>,
): Promise<boolean> {
  const override = liveOverride(past, deployed)
  const commit = deployed && liveOrigin(past, deployed).made?.commit
  if (override === undefined || commit === undefined || tree.commit === undefined) return false
  const paths = [`helmfile.d/${service.group}/${service.name}`]
  return isWrittenBetween(tree.root, {from: commit, to: tree.commit}, override.tag.split('@')[0] ?? '', paths)
}
