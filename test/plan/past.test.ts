import {describe, expect, test} from 'vitest'
import type {ReleaseFacts} from '../../src/plan/facts.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import type {PastRelease} from '../../src/plan/origin.ts'
import {liveOverride, rolledBackRun} from '../../src/plan/past.ts'
import {
  aDeployment,
  aRelease,
  aRevision,
  aRun as run,
  anEnvironment,
  attended,
  facts,
  settings,
} from './facts.ts'

const failed = {isGood: false, isRolledBack: true}
const unattended = {...attended, isUnattended: true, isLocalTreeAllowed: true}
const planOf = (given: Partial<ReleaseFacts>, options = unattended) =>
  makePlan(
    facts([anEnvironment('staging', [aRelease('main', given)])]),
    () => [
      {kind: 'changed', objectKind: 'Deployment', namespace: 'shop', name: 'x', diff: '', restartsPods: true},
    ],
    settings,
    options,
  )
const live = (revision: number, version: string, restores?: number) => ({
  ...aRevision(revision, [aDeployment('shop', `registry/shop:${version}`)]),
  restores,
})
const tagOf = (past: readonly PastRelease[], deployed: ReturnType<typeof live> | undefined) =>
  liveOverride(past, deployed)?.tag

describe('an image that was rolled back', () => {
  const left = run({runId: 'left', before: 1, after: 2, images: ['registry/shop:v2']})
  const back = run({before: 2, after: 3, imageOf: 1, override: 'v1', images: ['registry/shop:v1']})

  test('is an override that somebody went back to, until git holds it', () => {
    expect(liveOverride([back, left], live(3, 'v1'))).toEqual({
      tag: 'v1',
      how: {kind: 'went-back', wentBack: {run: back, left}},
    })
    expect(liveOverride([{...back, override: null}, left], live(3, 'v1'))).toBeUndefined()
  })

  test('leaves one that nobody deploys again without a word', () => {
    expect(rolledBackRun([back, left], ['registry/shop:v2'])).toEqual({run: back, how: 'asked'})
    expect(rolledBackRun([back, left], ['registry/shop:v1'])).toBeUndefined()
    expect(rolledBackRun([back, left], ['registry/shop:v3'])).toBeUndefined()
  })
})

describe('liveOverride', () => {
  test('what the run that made the live revision was given, however it ended', () => {
    expect(tagOf([run({after: 3, override: 'v9'})], live(3, 'v9'))).toBe('v9')
    expect(tagOf([run({after: 3, override: 'v9', isGood: false})], live(3, 'v9'))).toBe('v9')
    expect(tagOf([run({latestBefore: 2, override: 'v9', isGood: false})], live(3, 'v9'))).toBe('v9')
    expect(tagOf([run({after: 2, override: 'v9'})], live(3, 'v9'))).toBeUndefined()
    expect(tagOf([run({after: 3, override: 'v9'})], undefined)).toBeUndefined()
  })

  test('none when it was of git, or of nobody known', () => {
    expect(tagOf([run({after: 3})], live(3, 'v1'))).toBeUndefined()
    expect(tagOf([], live(3, 'v1'))).toBeUndefined()
  })

  test('a failure in between restored it under a new number', () => {
    const past = [
      run({...failed, before: 3, after: 4, restored: 5, override: 'bad'}),
      run({after: 3, override: 'v9'}),
    ]
    expect(tagOf(past, live(5, 'v9', 3))).toBe('v9')
  })

  test('a failure that was undone leaves the version of git, and not an override', () => {
    const past = [run({...failed, before: 3, after: 4, restored: 5}), run({after: 3})]
    expect(tagOf(past, live(5, 'v1', 3))).toBeUndefined()
  })

  const back = (given: Partial<PastRelease> = {}) =>
    run({kind: 'rollback', before: 3, after: 4, toRevision: 2, images: ['registry/shop:v1'], ...given})

  test('a version that somebody went back to, while git named the one that was left', () => {
    const left = run({before: 2, after: 3, images: ['registry/shop:v2']})
    expect(tagOf([back(), left], live(4, 'v1', 2))).toBe('v1')
    expect(tagOf([left], live(4, 'v1', 2))).toBe('v1')
    expect(tagOf([], live(4, 'v1', 2))).toBe('v1')
  })

  test('where git was looked at, that decides', () => {
    const left = run({before: 2, after: 3, images: ['registry/shop:v2']})
    expect(tagOf([back({gitVersion: 'v1'}), left], live(4, 'v1', 2))).toBeUndefined()
    expect(tagOf([back({gitVersion: 'v2', images: []}), left], live(4, 'v1', 2))).toBe('v1')
  })

  test('none for who went back from an override, or to the same version', () => {
    const left = run({before: 2, after: 3, override: 'v9', images: ['registry/shop:v9']})
    expect(tagOf([back(), left], live(4, 'v1', 2))).toBeUndefined()
    expect(tagOf([back({images: []})], live(4, 'v1', 2))).toBeUndefined()
  })
})

describe('rolledBackRun', () => {
  const bad = run({...failed, runId: 'bad', images: ['b', 'a'], before: 1, after: 2, restored: 3})

  test('the newest run with these images counts', () => {
    expect(rolledBackRun([bad], ['a', 'b'])).toEqual({run: bad, how: 'failed'})
    expect(rolledBackRun([run({images: ['a', 'b']}), bad], ['a', 'b'])).toBeUndefined()
    expect(rolledBackRun([bad], ['a'])).toBeUndefined()
    expect(rolledBackRun([bad], [])).toBeUndefined()
  })

  test('so does a rollback from them', () => {
    const back = run({kind: 'rollback', before: 2, after: 3, toRevision: 1, images: ['a1']})
    const good = run({before: 1, after: 2, images: ['a2']})
    expect(rolledBackRun([back, good], ['a2'])).toEqual({run: back, how: 'asked'})
    expect(rolledBackRun([back, good], ['a1'])).toBeUndefined()
    expect(rolledBackRun([run({images: ['a2']}), back, good], ['a2'])).toBeUndefined()
  })
})

describe('chart and configuration that somebody went back to', () => {
  const left = run({runId: 'left', before: 1, after: 2, images: ['registry/shop:v1'], values: 'new'})
  const back = run({kind: 'rollback', before: 2, after: 3, toRevision: 1, gitVersion: 'v1', images: []})
  const deployed = live(3, 'v1', 1)
  const planWith = (given: Partial<ReleaseFacts>, diff: string, options = unattended) =>
    makePlan(
      facts([
        anEnvironment('staging', [aRelease('main', {deployed, values: 'new', past: [back, left], ...given})]),
      ]),
      () => [
        {kind: 'changed', objectKind: 'ConfigMap', namespace: 'shop', name: 'x', diff, restartsPods: true},
      ],
      settings,
      options,
    )
  const config = '@@ -1 +1 @@\n-a: 1\n+a: 2'

  test('are not deployed over without a word, also where git holds the version', () => {
    const {refusals} = planWith({}, config)
    expect(refusals).toMatchObject([{exitKind: 'declined', hint: expect.stringContaining('--retry')}])
    expect(refusals[0]?.message).toMatch(
      /^staging: main runs what run r1 .* went back to; this deploys git's/,
    )
    expect(planWith({}, config, attended).warnings).toEqual([refusals[0]?.message])
    for (const options of [{isRetry: true}, {override: 'take-git' as const}])
      expect(planWith({}, config, {...unattended, ...options}).refusals).toEqual([])
  })

  test('a chart counts, whatever the values', () => {
    const chart = {name: 'shop', version: '1.0.1'}
    const about = (then: string) => ({values: 'other', chart, past: [back, {...left, chart: then}]})
    expect(planWith(about('shop-1.0.1'), config).refusals).toMatchObject([
      {message: expect.stringContaining("git's chart shop-1.0.1")},
    ])
    expect(planWith(about('shop-1.0.2'), config).refusals, 'git has gone on').toEqual([])
  })

  test('is nothing to tell where git has gone on', () => {
    expect(planWith({values: 'newer'}, config).refusals).toEqual([])
  })

  test('is nothing to tell where only the image changes, or what was left was given beside git', () => {
    const image = '@@ -1 +1 @@\n-  image: registry/shop:v1\n+  image: registry/shop:v2'
    const versionPlace = {imageName: 'registry/shop', current: 'v1'}
    expect(planWith({versionPlace}, image).refusals).toEqual([])
    for (const beside of [{override: 'v1'}, {given: ['--set a=1']}])
      expect(planWith({past: [back, {...left, ...beside}]}, config).refusals).toEqual([])
  })

  test('are told once, with the version that was left', () => {
    const past = [
      {...back, gitVersion: 'v2'},
      {...left, images: ['registry/shop:v2']},
    ]
    const {refusals, warnings} = planWith({past}, config)
    expect([...refusals, ...warnings]).toHaveLength(1)
  })
})

describe('a run that nobody watches', () => {
  const overridden = {past: [run({after: 3, override: 'v9'})]}
  const rolledBack = {past: [run({...failed, images: ['registry/shop:v2']})]}

  test('is stopped before it takes an override back, unless a flag decides', () => {
    const {refusals, warnings} = planOf(overridden)
    expect(refusals).toMatchObject([{exitKind: 'declined', hint: expect.stringContaining('--take-git')}])
    expect(refusals[0]?.message).toMatch(/runs v9, .*by run r1 \(alice, 2026-11-20 09:00 UTC\).*git's v2/)
    expect(warnings, 'said once').toEqual([])
    expect(planOf(overridden, {...unattended, override: 'take-git'}).refusals).toEqual([])
  })

  test('is told once what one run left in several releases', () => {
    const another = {past: [run({after: 7, override: 'v9'})], deployed: live(7, 'v1')}
    const environments = ['staging', 'eqiad'].map(name =>
      anEnvironment(name, [aRelease('main', overridden), aRelease('feeds', another)]),
    )
    const {refusals, warnings} = makePlan(
      facts(environments),
      () => [
        {
          kind: 'changed',
          objectKind: 'Deployment',
          namespace: 'shop',
          name: 'x',
          diff: '',
          restartsPods: true,
        },
      ],
      settings,
      unattended,
    )
    expect(refusals.map(({message}) => message)).toEqual([
      expect.stringMatching(/^staging, eqiad: main and feeds run v9, which git did not hold/),
    ])
    expect(warnings).toEqual([])
  })

  test('goes forward with git without a question', () => {
    expect(planOf({past: [run({after: 3})]}).refusals).toEqual([])
    expect(planOf({past: [run({after: 3, isGood: false})]}).refusals).toEqual([])
  })

  test('goes over an override that git has taken in since', () => {
    expect(planOf({...overridden, isHeldSince: true}).refusals).toEqual([])
  })

  test('is not stopped when it was told the version', () => {
    const versionPlace = {imageName: 'registry/shop', current: 'v2'}
    expect(planOf({...overridden, versionPlace}).refusals).toEqual([])
  })

  test('is stopped before it repeats what was rolled back, unless --retry', () => {
    expect(planOf(rolledBack).refusals).toMatchObject([
      {exitKind: 'declined', hint: expect.stringContaining('--retry')},
    ])
    expect(planOf(rolledBack, {...unattended, override: 'take-git'}).refusals).toHaveLength(1)
    expect(planOf(rolledBack, {...unattended, isRetry: true}).refusals).toEqual([])
  })

  test('is told once of a version that somebody went back from', () => {
    const past = [
      run({
        runId: 'back',
        kind: 'rollback',
        before: 2,
        after: 3,
        toRevision: 1,
        images: ['registry/shop:v1'],
      }),
      run({before: 1, after: 2, images: ['registry/shop:v2']}),
    ]
    const given = {past, deployed: live(3, 'v1', 1)}
    expect(planOf(given).refusals).toMatchObject([
      {message: expect.stringMatching(/rolled back here before/)},
    ])
    expect(planOf(given, {...unattended, isRetry: true}).refusals).toEqual([])
    expect(planOf(given, {...unattended, override: 'take-git'}).refusals).toEqual([])
    const fixed = {...given, wanted: [aDeployment('shop', 'registry/shop:v3')]}
    expect(planOf(fixed).refusals).toMatchObject([{message: expect.stringMatching(/runs v1, .*git's v3/)}])
  })

  test('is stopped before it loses values that were given, unless they are given again', () => {
    const set = {past: [run({after: 3, given: ['--set resources.replicas=5']})]}
    expect(planOf(set).refusals).toMatchObject([
      {exitKind: 'declined', hint: expect.stringContaining('--set resources.replicas=5')},
    ])
    expect(planOf(set, {...unattended, override: 'keep'}).refusals).toHaveLength(1)
    expect(planOf(set, {...unattended, override: 'take-git'}).refusals).toEqual([])
    expect(planOf({...set, given: ['--set resources.replicas=7']}).refusals).toEqual([])
  })

  test('a person is told and asked', () => {
    const past = [...rolledBack.past, ...overridden.past]
    const plan = planOf({past}, {...attended, isLocalTreeAllowed: true})
    expect(plan.refusals).toEqual([])
    expect(plan.warnings).toHaveLength(2)
  })
})
