import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import type {RollbackTarget} from '../../src/plan/intent.ts'
import type {PastRelease} from '../../src/plan/origin.ts'
import {chooseTargets, imagesOnly, type ReleasePast, runsCalled} from '../../src/plan/rollback-target.ts'
import {aRun} from './facts.ts'

const failed = {isGood: false, isRolledBack: true}

/** Runs in the order in which they happened, each an hour after the one before. */
const inOrder = (...runs: Partial<PastRelease>[]) =>
  runs
    .map((given, index) =>
      aRun({
        runId: `R${index + 1}`,
        startedAt: `2026-11-20T${String(index).padStart(2, '0')}:00:00Z`,
        ...given,
      }),
    )
    .toReversed()

/** What helm keeps: everything up to the live revision, but for the first ones. */
const release = (
  revision: number,
  runs: readonly PastRelease[],
  given: {oldest?: number; failed?: readonly number[]; live?: Partial<ReleasePast['live']>} = {},
): ReleasePast => {
  const {oldest = 1, failed: bad = [], live = {}} = given
  const numbers = Array.from({length: revision - oldest + 1}, (_, index) => revision - index)
  const statusOf = (number: number) =>
    bad.includes(number) ? 'failed' : number === revision ? 'deployed' : 'superseded'
  return {
    live: {
      revision,
      status: statusOf(revision),
      restores: undefined,
      updatedAt: '2026-11-20T00:00:00Z',
      ...live,
    },
    revisions: numbers.map(number => ({revision: number, status: statusOf(number)})),
    runs,
  }
}
const chosen = (releases: readonly ReleasePast[], target: RollbackTarget = {kind: 'last-good'}) =>
  chooseTargets(target, releases).map(choice => (choice.kind === 'to' ? choice.revision : choice.why.kind))
const deploy = (before: number | null, after: number, given: Partial<PastRelease> = {}) => ({
  before,
  latestBefore: before,
  after,
  ...given,
})
const back = (before: number, after: number, toRevision: number) => ({
  kind: 'rollback' as const,
  before,
  latestBefore: before,
  after,
  toRevision,
})

const withImageOf = (before: number, after: number, imageOf: number) => deploy(before, after, {imageOf})

describe('after an image was rolled back', () => {
  const runs = [deploy(null, 1), deploy(1, 2), deploy(2, 3), withImageOf(3, 4, 2)]

  test('by images: one further back, as after any rollback', () => {
    expect(chosen([imagesOnly(release(4, inOrder(...runs)))])).toEqual([1])
    expect(chosen([imagesOnly(release(5, inOrder(...runs, withImageOf(4, 5, 1))))])).toEqual([
      'first-installed',
    ])
  })

  test('the whole state: what it took its image from, not what somebody went back from', () => {
    expect(chosen([release(4, inOrder(...runs))])).toEqual([2])
  })

  test('of one that failed nothing is held against what was to be left', () => {
    const failing = withImageOf(3, 4, 2)
    const past = inOrder(...runs.slice(0, 3), {...failing, ...failed, restored: 5})
    expect(chosen([release(5, past), imagesOnly(release(5, past))])).toEqual([2, 2])
  })
})

describe('the last good state', () => {
  test('before the newest change', () => {
    const past = release(5, inOrder(deploy(3, 4), deploy(4, 5)))
    expect(chosen([past])).toEqual([4])
    expect(chooseTargets({kind: 'last-good'}, [past])).toMatchObject([{undoes: {runId: 'R2'}}])
  })

  test('a second time: one good state further back, not to and fro', () => {
    const runs = [deploy(null, 1), deploy(1, 2), deploy(2, 3), back(3, 4, 2)]
    expect(chosen([release(4, inOrder(...runs))])).toEqual([1])
    const twice = [...runs, back(4, 5, 1)]
    expect(chosen([release(5, inOrder(...twice))])).toEqual(['first-installed'])
  })

  test('a version that somebody went back from is no good state later on', () => {
    const runs = [deploy(null, 1), deploy(1, 2), back(2, 3, 1), deploy(3, 4)]
    expect(chosen([release(4, inOrder(...runs))])).toEqual([1])
  })

  test('unless somebody went to it again', () => {
    const runs = [deploy(null, 1), deploy(1, 2), back(2, 3, 1), back(3, 4, 2), deploy(4, 5)]
    expect(chosen([release(5, inOrder(...runs))])).toEqual([2])
  })

  test('what failed, was interrupted, or never judged is none', () => {
    const runs = [
      deploy(null, 1),
      deploy(1, 2, {...failed, restored: 3}),
      deploy(3, 4, {isGood: false, restored: 5}),
      {before: 5, latestBefore: 5, isGood: false},
      deploy(6, 7),
    ]
    expect(chosen([release(7, inOrder(...runs))])).toEqual([1])
  })

  test('nor is a revision that failed in helm', () => {
    expect(chosen([release(4, [], {failed: [3, 2]})])).toEqual([1])
  })

  test('where the newest change failed in helm, what was deployed before it', () => {
    const runs = inOrder(deploy(null, 1), deploy(1, 2), deploy(2, 3, {isGood: false}))
    expect(chosen([release(3, runs, {failed: [3]})])).toEqual([2])
  })

  test('only releases that the run changed', () => {
    const [first, second] = [deploy(null, 1), deploy(1, 2)]
    const main = inOrder(first, second)
    const feeds = inOrder(first)
    expect(chosen([release(2, main), release(1, feeds)])).toEqual([1, 'not-changed'])
  })

  test('a failed run leaves alone what it did not reach: the run before it is undone', () => {
    const reached = inOrder(deploy(null, 1), deploy(1, 2), deploy(2, 3, {...failed, restored: 4}))
    const notReached = inOrder(deploy(null, 1), deploy(1, 2), {
      before: 2,
      latestBefore: 2,
      isGood: false,
      isBegun: false,
    })
    expect(chosen([release(4, reached), release(2, notReached)])).toEqual([1, 1])
  })

  test('what was changed without deploy since is undone first', () => {
    const runs = inOrder(deploy(null, 1), deploy(1, 2))
    const byHand = release(3, runs, {live: {updatedAt: '2026-11-20T05:00:00Z'}})
    expect(chosen([byHand, release(2, runs)])).toEqual([2, 'not-changed'])
    expect(chosen([release(5, []), release(3, [])])).toEqual([4, 2])
  })

  test('a plain helm upgrade that failed is undone first, though its time is not known', () => {
    const runs = inOrder(deploy(null, 1), deploy(1, 2))
    const byHand = release(3, runs, {failed: [3], live: {updatedAt: ''}})
    expect(chosen([byHand, release(2, runs)])).toEqual([2, 'not-changed'])
  })

  test('what helm no longer keeps', () => {
    const runs = inOrder(deploy(3, 15))
    expect(chosen([release(15, runs, {oldest: 15})])).toEqual(['not-kept'])
    expect(chosen([release(1, [])])).toEqual(['first-installed'])
    expect(chosen([{live: undefined, revisions: [], runs: []}])).toEqual(['not-installed'])
  })

  test('where the first of a content is gone, the one that going back made', () => {
    const runs = inOrder(deploy(null, 1), deploy(1, 2, {...failed, restored: 3}), deploy(3, 4))
    expect(chosen([release(4, runs, {oldest: 3})])).toEqual([3])
  })

  test('nothing good is left', () => {
    const runs = inOrder(deploy(1, 2, {...failed, restored: 3}), deploy(3, 4))
    expect(chosen([release(4, runs, {oldest: 2, failed: [3]})])).toEqual(['none-good'])
  })
})

describe('before a run, to a revision', () => {
  const runs = inOrder(deploy(null, 1), deploy(1, 2), deploy(2, 3), deploy(3, 4, {...failed, restored: 5}))
  const before = (runId: string) => ({kind: 'before-run' as const, runId})

  test('the state before that run, also of what later runs changed', () => {
    const feeds = runs.filter(run => run.runId !== 'R2')
    expect(chosen([release(5, runs), release(5, feeds)], before('R2'))).toEqual([1, 2])
    expect(chosen([release(5, runs)], before('R1'))).toEqual(['first-installed'])
    expect(chosen([release(5, runs)], before('R4'))).toEqual(['already-there'])
    expect(chosen([release(1, runs.slice(-1))], before('R2'))).toEqual(['not-changed'])
  })

  test('a revision that helm keeps; what is against it is told', () => {
    const to = (revision: number) => ({kind: 'revision' as const, revision})
    expect(chooseTargets(to(2), [release(5, runs)])).toMatchObject([{revision: 2, doubt: undefined}])
    expect(chooseTargets(to(4), [release(5, runs)])).toMatchObject([
      {revision: 4, doubt: {kind: 'not-healthy'}},
    ])
    expect(chooseTargets(to(4), [release(5, [], {failed: [4]})])).toMatchObject([
      {doubt: {kind: 'helm-failed'}},
    ])
    expect(chosen([release(5, runs)], to(3))).toEqual(['already-there'])
    expect(chosen([release(5, runs, {oldest: 3})], to(2))).toEqual(['not-kept'])
  })

  test('a run is known by the beginning of its id', () => {
    expect(runsCalled('R', [release(5, runs)])).toEqual(['R4', 'R3', 'R2', 'R1'])
    expect(runsCalled('R2', [release(5, runs)])).toEqual(['R2'])
  })
})

/** Whatever happened: deployments that are good, bad or never judged, and rollbacks typed as often as anybody likes. */
test('typing rollback again and again goes further back each time, only to good states, and ends', () => {
  const happening = fc.constantFrom('good' as const, 'bad' as const, 'cut-off' as const, 'rollback' as const)
  fc.assert(
    fc.property(fc.array(happening, {maxLength: 12}), happenings => {
      let past = release(1, inOrder(deploy(null, 1)))
      const versions = new Map([[1, 1]])
      const good = new Set([1])
      const left = new Set<number>()
      const add = (content: number, made: Partial<PastRelease>, grown: number) => {
        const {revision = 0} = past.live ?? {}
        for (let at = revision + 1; at <= revision + grown; at++)
          versions.set(at, at === revision + 1 ? content : (versions.get(revision) ?? 0))
        past = release(revision + grown, inOrder(...past.runs.toReversed(), made))
      }
      const rollBack = () => {
        const {revision = 0} = past.live ?? {}
        const [choice] = chooseTargets({kind: 'last-good'}, [past])
        if (choice?.kind !== 'to') return false
        const content = versions.get(choice.revision) ?? 0
        expect(content, 'further back').toBeLessThan(versions.get(revision) ?? 0)
        expect(good, 'a good state').toContain(content)
        expect(left, 'nobody went back from').not.toContain(content)
        left.add(versions.get(revision) ?? 0)
        add(content, back(revision, revision + 1, choice.revision), 1)
        return true
      }
      for (const what of happenings) {
        const {revision = 0} = past.live ?? {}
        const next = revision + 1
        if (what === 'good') {
          good.add(next)
          add(next, deploy(revision, next), 1)
        }
        if (what === 'bad') add(next, deploy(revision, next, {...failed, restored: next + 1}), 2)
        if (what === 'cut-off') add(next, {before: revision, latestBefore: revision, isGood: false}, 1)
        if (what === 'rollback') rollBack()
      }
      let count = 0
      while (rollBack()) expect(++count).toBeLessThan(20)
    }),
  )
})
