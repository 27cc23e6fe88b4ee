import {fractionOf, spreadOf} from './dice.ts'
import {CLUSTERS, type Cluster, type ReleasePlace, type Target, TARGETS} from './target.ts'

/** What one round is: the same seed and index always give the same. */
export type RacePlan = {index: number; target: Target} & (
  | {
      kind: 'together'
      /** Of the first and of the second; they share one at least. */
      environments: readonly [readonly Cluster[], readonly Cluster[]]
    }
  | {
      kind: 'foreign'
      /** The version that deploy brings is bad: somebody else is at work while it goes back. */
      isBad: boolean
      /** Where somebody else is at work. */
      place: ReleasePlace
      /** Where in the run that begins, as a part of what it says from beginning to end; and how long after that. */
      at: number
      delayMs: number
    }
)

export function planTogether(seed: string, index: number): RacePlan {
  const of = (what: string) => fractionOf(`${seed}/${index}/${what}`)
  const some = (who: string) => CLUSTERS.filter(cluster => of(`${who} ${cluster}`) < 0.5)
  const shared = pick(CLUSTERS, of('shared'))
  const withShared = (clusters: readonly Cluster[]) =>
    CLUSTERS.filter(one => one === shared || clusters.includes(one))
  return {
    kind: 'together',
    index,
    target: pick(TARGETS, of('target')),
    environments: [withShared(some('first')), withShared(some('second'))],
  }
}

export function planForeign(seed: string, index: number): RacePlan {
  const of = (what: string) => fractionOf(`${seed}/${index}/${what}`)
  const target = pick(TARGETS, of('target'))
  return {
    kind: 'foreign',
    index,
    target,
    isBad: of('bad') < 0.3,
    place: pick(target.releases, of('place')),
    at: spreadOf(seed, index),
    delayMs: Math.floor(of('delay') ** 2 * 700),
  }
}

function pick<T>(some: readonly T[], at: number): T {
  const one = some[Math.floor(at * some.length)]
  if (one === undefined) throw new Error('there is nothing to choose from')
  return one
}
