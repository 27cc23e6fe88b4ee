import {describe, expect, test} from 'vitest'
import {makePlan} from '../../src/plan/make-plan.ts'
import {liveOverride, type PastRelease, rolledBackRun} from '../../src/plan/past.ts'
import {aRelease, anEnvironment, attended, facts, settings} from './facts.ts'

const run = (given: Partial<PastRelease>): PastRelease => ({
  runId: 'r1',
  kind: 'deploy',
  startedAt: '2026-11-20T09:00:00Z',
  commit: undefined,
  outside: undefined,
  isGood: true,
  isRolledBack: false,
  override: null,
  given: [],
  after: null,
  restored: null,
  images: [],
  ...given,
})
const failed = {isGood: false, isRolledBack: true}
const unattended = {...attended, isUnattended: true, isLocalTreeAllowed: true}
const planOf = (past: readonly PastRelease[], options = unattended, given: readonly string[] = []) =>
  makePlan(
    facts([anEnvironment('staging', [aRelease('main', {past, given})])]),
    () => [
      {kind: 'changed', objectKind: 'Deployment', namespace: 'shop', name: 'x', diff: '', restartsPods: true},
    ],
    settings,
    options,
  )

describe('liveOverride', () => {
  test('what the run that made the live revision was given', () => {
    expect(liveOverride([run({after: 3, override: 'v9'})], 3)).toBe('v9')
    expect(liveOverride([run({after: 3})], 3)).toBeUndefined()
    expect(liveOverride([run({after: 2, override: 'v9'})], 3)).toBeUndefined()
    expect(liveOverride([run({after: 3, override: 'v9'})], undefined)).toBeUndefined()
  })

  test('a failure in between restored it under a new number', () => {
    const past = [run({...failed, after: 4, restored: 5, override: 'bad'}), run({after: 3, override: 'v9'})]
    expect(liveOverride(past, 5)).toBe('v9')
  })
})

describe('rolledBackRun', () => {
  test('the newest run with these images counts', () => {
    const bad = run({...failed, runId: 'bad', images: ['b', 'a']})
    expect(rolledBackRun([bad], ['a', 'b'])?.runId).toBe('bad')
    expect(rolledBackRun([run({images: ['a', 'b']}), bad], ['a', 'b'])).toBeUndefined()
    expect(rolledBackRun([bad], ['a'])).toBeUndefined()
    expect(rolledBackRun([bad], [])).toBeUndefined()
  })
})

describe('a run that nobody watches', () => {
  const overridden = [run({after: 3, override: 'v9'})]
  const rolledBack = [run({...failed, images: ['registry/shop:v2']})]

  test('is stopped before it takes an override back, unless a flag decides', () => {
    expect(planOf(overridden).refusals).toMatchObject([
      {exitKind: 'declined', hint: expect.stringContaining('--take-git')},
    ])
    expect(planOf(overridden, {...unattended, override: 'take-git'}).refusals).toEqual([])
  })

  test('is stopped before it repeats what was rolled back, unless --retry', () => {
    expect(planOf(rolledBack).refusals).toMatchObject([
      {exitKind: 'declined', hint: expect.stringContaining('--retry')},
    ])
    expect(planOf(rolledBack, {...unattended, isRetry: true}).refusals).toEqual([])
  })

  test('is stopped before it loses values that were given, unless they are given again', () => {
    const set = [run({after: 3, given: ['--set resources.replicas=5']})]
    expect(planOf(set).refusals).toMatchObject([
      {exitKind: 'declined', hint: expect.stringContaining('--set resources.replicas=5')},
    ])
    expect(planOf(set, {...unattended, override: 'keep'}).refusals).toHaveLength(1)
    expect(planOf(set, {...unattended, override: 'take-git'}).refusals).toEqual([])
    expect(planOf(set, unattended, ['--set resources.replicas=7']).refusals).toEqual([])
  })

  test('a person is told and asked', () => {
    const plan = planOf([...rolledBack, ...overridden], {...attended, isLocalTreeAllowed: true})
    expect(plan.refusals).toEqual([])
    expect(plan.warnings).toHaveLength(2)
  })
})
