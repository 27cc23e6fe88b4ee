import {describe, expect, test} from 'vitest'
import {makeRollbackPlan} from '../../src/plan/make-rollback-plan.ts'
import {pickRollbackTarget, type PastRun} from '../../src/plan/rollback-target.ts'
import {aDeployment, aRelease, aRevision, anEnvironment, facts, settings} from './facts.ts'

const run = (given: Partial<PastRun>): PastRun => ({
  runId: 'r',
  before: null,
  after: null,
  restored: null,
  isGood: true,
  ...given,
})
const superseded = (...revisions: number[]) => revisions.map(revision => ({revision, status: 'superseded'}))
const deployed = (revision: number) => ({revision, status: 'deployed'})

describe('pickRollbackTarget', () => {
  test('the newest good change is undone', () => {
    const past = {revisions: [deployed(5), ...superseded(4, 3)], runs: [run({before: 3, after: 5})]}
    expect(pickRollbackTarget({kind: 'last-good'}, past)).toBe(3)
  })

  test('a version that failed in between is nothing to go back to', () => {
    const past = {
      revisions: [deployed(7), ...superseded(6, 5, 4)],
      runs: [run({before: 5, after: 6, restored: 7, isGood: false}), run({before: 4, after: 5})],
    }
    expect(pickRollbackTarget({kind: 'last-good'}, past)).toBe(4)
  })

  test('without a record, the newest superseded revision', () => {
    expect(
      pickRollbackTarget({kind: 'last-good'}, {revisions: [deployed(5), ...superseded(4, 3)], runs: []}),
    ).toBe(4)
  })

  test('helm no longer keeps it', () => {
    const past = {revisions: [deployed(15)], runs: [run({before: 3, after: 15})]}
    expect(pickRollbackTarget({kind: 'last-good'}, past)).toBeUndefined()
  })

  test('nothing earlier', () => {
    expect(pickRollbackTarget({kind: 'last-good'}, {revisions: [deployed(1)], runs: []})).toBeUndefined()
    expect(pickRollbackTarget({kind: 'last-good'}, {revisions: [], runs: []})).toBeUndefined()
  })

  test('a named run, a named revision', () => {
    const past = {
      revisions: [deployed(5), ...superseded(4, 3)],
      runs: [run({runId: 'x', before: 3, after: 4})],
    }
    expect(pickRollbackTarget({kind: 'before-run', runId: 'x'}, past)).toBe(3)
    expect(pickRollbackTarget({kind: 'before-run', runId: 'y'}, past)).toBeUndefined()
    expect(pickRollbackTarget({kind: 'revision', revision: 4}, past)).toBe(4)
    expect(pickRollbackTarget({kind: 'revision', revision: 1}, past)).toBeUndefined()
  })
})

test('a rollback is a plan with its own fallback: the revision that is live now', () => {
  const target = aRevision(2, [aDeployment('shop-main', 'registry/shop:v0')])
  const environment = anEnvironment('eqiad', [aRelease('main'), aRelease('feeds')])
  const plan = makeRollbackPlan(
    facts([environment]),
    (_, release) => (release.name === 'main' ? target : undefined),
    () => [],
    settings,
  )
  expect(plan.kind).toBe('rollback')
  expect(plan.stages).toHaveLength(1)
  expect(plan.stages[0]?.steps).toMatchObject([
    {
      action: {kind: 'rollback', fromRevision: 3, toRevision: 2},
      images: [{before: 'registry/shop:v1', after: 'registry/shop:v0'}],
    },
  ])
  expect(plan.stages[0]?.fallback).toMatchObject([{kind: 'rollback', toRevision: 3}])
  expect(plan.warnings.join()).toMatch(/feeds has no earlier revision/)
})

test('what is already there is not touched', () => {
  const environment = anEnvironment('eqiad', [aRelease('main')])
  const plan = makeRollbackPlan(
    facts([environment]),
    (_, release) => release.deployed,
    () => [],
    settings,
  )
  expect(plan.stages).toEqual([])
})
