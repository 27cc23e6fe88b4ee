import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {makePlan} from '../../src/plan/make-plan.ts'
import type {ReleaseFacts} from '../../src/plan/facts.ts'
import {factsLeft, resumedVersion, resuming, whatDiffers, whyNotResumed} from '../../src/plan/resume.ts'
import type {UnfinishedRelease} from '../../src/plan/unfinished.ts'
import {aRelease, anEnvironment, aRevision, attended, facts, settings} from './facts.ts'
import {aLive, anUnfinishedEnvironment, anUnfinishedRun, aTouched, before, planned} from './unfinished.ts'

const none = {before: {kind: 'none'}, latestBefore: undefined} as const

/** As it is read where the run has written it. */
function written(name: string): ReleaseFacts {
  return aRelease(name, {
    wanted: planned,
    deployed: aRevision(4, planned),
    latest: {revision: 4, status: 'deployed'},
  })
}

function planLeft(
  run: Parameters<typeof resuming>[1],
  releases: readonly (readonly [string, ReleaseFacts])[],
) {
  const byName = Map.groupBy(releases, ([environment]) => environment)
  const found = facts(
    [...byName].map(([name, some]) =>
      anEnvironment(
        name,
        some.map(([, one]) => one),
      ),
    ),
  )
  const differs = ({deployed, wanted}: ReleaseFacts) =>
    deployed?.objects === wanted ? [] : [{kind: 'changed', diff: ''} as never]
  return resuming(makePlan(factsLeft(found, run), differs, settings, attended), run)
}

describe('what is left to do', () => {
  test('what is healthy stays, what was written is judged, the rest is deployed', () => {
    const run = anUnfinishedRun([
      anUnfinishedEnvironment('staging', [aTouched('main', {live: aLive(4, 'planned')})], 'healthy'),
      anUnfinishedEnvironment('eqiad', [
        aTouched('main', {live: aLive(4, 'planned')}),
        aTouched('jobs', {planned: {...aTouched('jobs').planned, override: 'v2'}}),
      ]),
    ])
    const plan = planLeft(run, [
      ['staging', written('main')],
      ['eqiad', written('main')],
      ['eqiad', aRelease('jobs')],
      ['eqiad', aRelease('never-planned')],
    ])
    expect(
      plan.stages.map(stage => [stage.name, stage.steps.map(step => [step.release.name, step.action])]),
    ).toEqual([
      [
        'eqiad',
        [
          ['main', {kind: 'verify', fromRevision: 4, toRevision: 4}],
          ['jobs', {kind: 'upgrade', fromRevision: 3}],
        ],
      ],
    ])
    expect(
      plan.stages[0]?.fallback.map(step => ('toRevision' in step ? step.toRevision : step.kind)),
    ).toEqual([3, 3])
    expect(plan.done?.map(stage => [stage.name, stage.fallback[0]])).toMatchObject([
      ['staging', {kind: 'rollback', toRevision: 3}],
    ])
    expect(plan.finishes?.runId).toBe(run.runId)
  })

  test.each<[string, Partial<UnfinishedRelease>, string[]]>([
    ['a first install goes when it fails', none, ['uninstall']],
    ['what never was healthy is not ours to remove', {before: {kind: 'none'}}, []],
    ['its revision is pruned', {before: {kind: 'lost', revision: 3}}, []],
  ])('%s', (_, given, fallback) => {
    const run = anUnfinishedRun([
      anUnfinishedEnvironment('eqiad', [aTouched('main', {live: aLive(4, 'planned'), ...given})]),
    ])
    const [stage] = planLeft(run, [['eqiad', written('main')]]).stages
    expect(stage?.steps.map(step => step.action.kind)).toEqual(['verify'])
    expect(stage?.fallback.map(step => step.kind)).toEqual(fallback)
  })

  test('what helm could not write to the end is written again', () => {
    const live = aLive(4, 'planned', 'failed')
    const run = anUnfinishedRun([anUnfinishedEnvironment('eqiad', [aTouched('main', {live})], 'failed')])
    const release = aRelease('main', {deployed: before, latest: {revision: 4, status: 'failed'}})
    expect(planLeft(run, [['eqiad', release]]).stages[0]?.steps[0]?.action).toEqual({
      kind: 'upgrade',
      fromRevision: 4,
    })
  })
})

const lives = {
  untouched: aLive(3, 'before'),
  written: aLive(4, 'planned'),
  failed: aLive(4, 'planned', 'failed'),
  'cut off': aLive(4, 'planned', 'pending-upgrade'),
  repaired: aLive(5, 'before'),
} as const
const ENVIRONMENTS = ['staging', 'eqiad', 'codfw'] as const

test('wherever a run was cut off: what is healthy stays, all else is done or judged, and everything goes back to what was before', () => {
  const standing = fc.constantFrom(...(Object.keys(lives) as (keyof typeof lives)[]))
  const state = fc.constantFrom('waiting', 'begun', 'failed', 'healthy')
  const environments = fc.tuple(
    ...ENVIRONMENTS.map(() =>
      fc.record({state, standings: fc.array(standing, {minLength: 1, maxLength: 3})}),
    ),
  )
  fc.assert(
    fc.property(environments, chosen => {
      const run = anUnfinishedRun(
        chosen.map(({state: reached, standings}, at) =>
          anUnfinishedEnvironment(
            ENVIRONMENTS[at] ?? '',
            standings.map((one, index) => aTouched(`r${index}`, {live: lives[one]})),
            reached,
          ),
        ),
      )
      const found = chosen.flatMap(({standings}, at) =>
        standings.map((one, index) => {
          const {revision, status} = lives[one]
          const deployed = one === 'written' ? aRevision(4, planned) : before
          const release = aRelease(`r${index}`, {wanted: planned, deployed, latest: {revision, status}})
          return [ENVIRONMENTS[at] ?? '', release] as const
        }),
      )
      const plan = planLeft(run, found)
      const expected = chosen.flatMap(({state: reached, standings}, at) =>
        standings.map((one, index) => {
          const kind = one !== 'written' ? 'upgrade' : reached === 'healthy' ? 'done' : 'verify'
          return `${ENVIRONMENTS[at]} r${index} ${kind}`
        }),
      )
      const steps = plan.stages.flatMap(({environment, steps: some}) =>
        some.map(({release, action}) => `${environment} ${release.name} ${action.kind}`),
      )
      const done = (plan.done ?? []).flatMap(({environment, steps: some}) =>
        some.map(({release}) => `${environment} ${release.name} done`),
      )
      expect([...steps, ...done].toSorted()).toEqual(expected.toSorted())
      const fallbacks = [...plan.stages, ...(plan.done ?? [])].flatMap(stage => stage.fallback)
      expect(fallbacks.length).toBe(expected.length)
      for (const step of fallbacks) expect(step).toMatchObject({kind: 'rollback', toRevision: 3})
    }),
  )
})

describe('a run that cannot be gone on with', () => {
  const environment = anUnfinishedEnvironment('eqiad', [aTouched('main', {live: aLive(4, 'planned')})])

  test('it was going back, or someone else was at work', () => {
    const stages = [{name: 'eqiad', state: 'going-back'}] as const
    expect(whyNotResumed(anUnfinishedRun([environment]))).toBeUndefined()
    expect(whyNotResumed(anUnfinishedRun([{...environment, stages}]))).toMatch(/going back/)
    const foreign = anUnfinishedEnvironment('eqiad', [aTouched('main', {live: aLive(4, 'other')})])
    expect(whyNotResumed(anUnfinishedRun([foreign]))).toBe('someone else has changed eqiad main since')
    const halfRecorded = {...anUnfinishedRun([environment]), unrecorded: ['codfw']}
    expect(whyNotResumed(halfRecorded)).toContain('nothing of it is recorded in codfw')
  })

  test('the commit does not render what was recorded', () => {
    const outside = (digest: string) => ({key: 'k', files: [{path: '/etc/private.yaml', digest}]})
    const recorded = {...aTouched('main').planned, values: 'a'}
    const run = anUnfinishedRun([
      {...anUnfinishedEnvironment('eqiad', [aTouched('main', {planned: recorded})]), outside: outside('1')},
    ])
    const found = (release: Partial<ReleaseFacts>, digest = '1', key = 'k') =>
      whatDiffers(
        run,
        facts([
          {
            ...anEnvironment('eqiad', [aRelease('main', {values: 'a', ...release})]),
            outside: {...outside(digest), key},
          },
        ]),
      )
    expect(found({})).toEqual([])
    expect(found({values: 'b'}, '2')).toEqual(['eqiad main: its values are others now (/etc/private.yaml)'])
    expect(found({values: 'b'}, '1', 'another')).toEqual([])
    expect(found({chart: {name: 'shop', version: '2.0.0'}})).toEqual([
      'eqiad main: its chart is shop-2.0.0, not shop-1.0.0',
    ])
    expect(found({wanted: []})).toEqual(['eqiad main: it is not given registry/shop:v2 any more'])
    expect(found({name: 'other'})).toEqual(['eqiad main: it is not there any more'])
  })

  test('a tag that was moved since', () => {
    const image = 'registry/shop:v2'
    const run = anUnfinishedRun([
      anUnfinishedEnvironment('eqiad', [
        aTouched('main', {planned: {...aTouched('main').planned, digests: {[image]: 'sha256:old'}}}),
      ]),
    ])
    const plan = planLeft(run, [['eqiad', aRelease('main')]])
    const withDigest = (digest: string) => ({
      ...plan,
      stages: plan.stages.map(stage => ({
        ...stage,
        steps: stage.steps.map(step => ({...step, images: step.images.map(one => ({...one, digest}))})),
      })),
    })
    expect(resuming(withDigest('sha256:old'), run).refusals).toEqual([])
    expect(resuming(withDigest('sha256:new'), run).refusals[0]?.message).toContain('its tag was moved')
  })
})

test('every release gets the version that it was to get', () => {
  const overridden = (name: string, override: string) =>
    aTouched(name, {planned: {...aTouched(name).planned, override}})
  const run = (...tags: string[]) =>
    anUnfinishedRun(tags.map((tag, index) => anUnfinishedEnvironment(`e${index}`, [overridden('main', tag)])))
  expect(resumedVersion(run('v2', 'v3'))).toEqual({
    kind: 'by-environment',
    tags: {e0: {'shop/main': 'v2'}, e1: {'shop/main': 'v3'}},
  })
  const asked = {version: {kind: 'tag', tag: 'v9'}, selectors: [], given: []} as const
  expect(resumedVersion({...run('v2'), request: asked})).toEqual({kind: 'tag', tag: 'v9'})
})
