import {compareObjects, type ObjectChange} from '../diff/changes.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import {redactObjects} from '../diff/redact.ts'
import type {RevisionFacts} from '../plan/facts.ts'
import type {World} from './world.ts'

type Masking = Pick<World, 'digest' | 'secrecy'>

/** Differences that may be shown: both sides are masked before they are compared. */
export function maskedComparison(contextLines: number, {digest, secrecy}: Masking) {
  const shown = (objects: readonly KubernetesObject[]) => redactObjects(objects, digest, secrecy.mask)
  return (before: readonly KubernetesObject[], after: readonly KubernetesObject[]): ObjectChange[] =>
    compareObjects(shown(before), shown(after), {contextLines})
}

/** The same between two revisions; none before a first one. */
export function revisionComparison(contextLines: number, masking: Masking) {
  const compare = maskedComparison(contextLines, masking)
  return (from: RevisionFacts | undefined, to: RevisionFacts) => compare(from?.objects ?? [], to.objects)
}
