import {describe, expect, test} from 'vitest'
import {makeRollbackPlan, type RollbackGoal} from '../../src/plan/make-rollback-plan.ts'
import {doubtText, staysText} from '../../src/plan/rollback-text.ts'
import {aDeployment, aRelease, aRevision, aRun, anEnvironment, attended, facts, settings} from './facts.ts'

const to = (revision: number): Extract<RollbackGoal, {kind: 'to'}> => ({
  kind: 'to',
  facts: aRevision(revision, [aDeployment('shop-main', 'registry/shop:v0')]),
  undoes: aRun({runId: 'R3', message: 'T1'}),
  doubt: undefined,
  gitVersion: undefined,
})
const ref = {namespace: 'shop', name: 'feeds'}

function planOf(goals: Record<string, RollbackGoal>, options = attended, given = {}) {
  const environment = anEnvironment(
    'eqiad',
    Object.keys(goals).map(name => aRelease(name, given)),
  )
  return makeRollbackPlan(
    facts([environment]),
    (_, release) => goals[release.name] ?? {kind: 'stays', why: {kind: 'not-installed'}},
    () => [],
    settings,
    options,
  )
}

test('a rollback is a plan with its own fallback: the revision that is live now', () => {
  const plan = planOf({main: to(2), feeds: {kind: 'stays', why: {kind: 'not-changed', run: aRun()}}})
  expect(plan.kind).toBe('rollback')
  expect(plan.undoes).toEqual([
    {environment: 'eqiad', runId: 'R3', text: 'run R3 (alice, 2026-11-20 09:00 UTC: T1)'},
  ])
  expect(plan.stages).toHaveLength(1)
  expect(plan.stages[0]?.steps).toMatchObject([
    {
      action: {kind: 'rollback', fromRevision: 3, toRevision: 2},
      images: [{before: 'registry/shop:v1', after: 'registry/shop:v0'}],
    },
  ])
  expect(plan.stages[0]?.fallback).toMatchObject([{kind: 'rollback', toRevision: 3}])
  expect(plan.unchanged).toMatchObject([{environment: 'eqiad', releases: [{name: 'feeds', revision: 3}]}])
})

test('after a change that failed in helm, the deployed revision is gone back to', () => {
  const plan = planOf({main: to(3)}, attended, {latest: {revision: 4, status: 'failed'}})
  expect(plan.stages[0]?.steps).toMatchObject([{action: {fromRevision: 4, toRevision: 3}}])
})

test('nothing to go back to is told, and why: 66', () => {
  const plan = planOf({main: {kind: 'stays', why: {kind: 'not-kept', revision: 2, oldestKept: 9}}})
  expect(plan.stages).toEqual([])
  expect(plan.refusals).toMatchObject([{exitKind: 'not-found'}])
  expect(plan.warnings).toEqual(['eqiad: main stays: helm has no revision 2; its oldest is revision 9.'])
})

test('what is there already is no fault', () => {
  const plan = planOf({main: {kind: 'stays', why: {kind: 'already-there', revision: 3}}})
  expect([plan.stages, plan.refusals]).toEqual([[], []])
})

test('a version that never was healthy is warned of; where nobody watches it stops, unless --retry', () => {
  const doubtful: RollbackGoal = {...to(2), doubt: {kind: 'not-healthy', run: aRun({runId: 'R2'})}}
  expect(planOf({main: doubtful}).warnings[0]).toMatch(
    /main goes back to revision 2, which was not seen healthy/,
  )
  const unattended = {...attended, isUnattended: true}
  const {refusals, warnings} = planOf({main: doubtful}, unattended)
  expect(refusals).toMatchObject([{exitKind: 'declined', hint: expect.stringContaining('--retry')}])
  expect(warnings.join()).not.toContain('not seen healthy')
  expect(planOf({main: doubtful}, {...unattended, isRetry: true}).refusals).toEqual([])
})

describe('what git has to do with it', () => {
  const goal = (gitVersion: string | undefined) => ({main: {...to(2), gitVersion}})
  const said = (gitVersion: string | undefined) => planOf(goal(gitVersion)).warnings.join()
  const step = (gitVersion: string | undefined) => planOf(goal(gitVersion)).stages[0]?.steps[0]

  test('it names what is left: the version is an override from then on', () => {
    expect(said('v1')).toMatch(/git names v1: until it is changed there/)
    expect(step('v1')).toMatchObject({override: 'v0', gitVersion: 'v1'})
  })

  test('it holds the version already: nothing is to be said', () => {
    expect(said('v0')).toBe('')
    expect(step('v0')).toMatchObject({override: undefined, gitVersion: 'v0'})
  })

  test('it cannot be told: neither is claimed', () => {
    expect(said(undefined)).toMatch(/if it names what is left here/)
    expect(step(undefined)?.override).toBeUndefined()
  })
})

describe('why a release stays, and what is against a revision', () => {
  test.each([
    [{kind: 'first-installed', run: aRun()}, /first installed by run r1.*helm uninstall feeds -n shop/],
    [{kind: 'not-kept', revision: undefined, oldestKept: 9}, /no longer keeps what was before it/],
    [{kind: 'none-good', doubts: [{revision: 4, doubt: {kind: 'helm-failed'}}]}, /revision 4 failed in helm/],
    [{kind: 'not-changed', run: undefined}, /was not changed since/],
  ] as const)('%j', (why, text) => {
    expect(staysText(ref, why)).toMatch(text)
  })

  test('a revision that somebody went back from', () => {
    expect(doubtText({kind: 'left', run: aRun()})).toBe(
      'was rolled back by run r1 (alice, 2026-11-20 09:00 UTC)',
    )
  })
})
