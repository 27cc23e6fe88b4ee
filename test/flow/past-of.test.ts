import {describe, expect, test} from 'vitest'
import {pastOf} from '../../src/flow/past-of.ts'
import type {RecordedRelease, RunRecord} from '../../src/journal/record.ts'

const main: RecordedRelease = {
  name: 'main',
  namespace: 'shop',
  stage: 'staging',
  action: {kind: 'upgrade'},
  latestBefore: 3,
  before: 3,
  after: 4,
  restored: 5,
  images: [],
  override: null,
}
const record = (given: Partial<RunRecord>, release: Partial<RecordedRelease> = {}): RunRecord => ({
  schema: 1,
  runId: 'r',
  kind: 'deploy',
  startedAt: '2026-11-20T09:00:00Z',
  by: 'alice',
  from: 'host',
  releases: [{...main, ...release}],
  ...given,
})
const past = (given: Partial<RunRecord>, release: Partial<RecordedRelease> = {}) =>
  pastOf([record(given, release)], {namespace: 'shop', name: 'main'})[0]
const at = (state: 'waiting' | 'begun' | 'healthy' | 'back') => ({
  stages: [{name: 'staging', environmentClass: 'staging' as const, state}],
})

describe('pastOf', () => {
  test('rolled back is what was reached, found bad and put back', () => {
    expect(past({outcome: 'rolled-back', ...at('back')})).toMatchObject({isRolledBack: true, isGood: false})
    expect(past({outcome: 'rolled-back'})).toMatchObject({isRolledBack: true})
    expect(past({outcome: 'rolled-back', ...at('back')}, {after: null})).toMatchObject({isRolledBack: false})
    expect(past({outcome: 'interrupted', ...at('back')})).toMatchObject({isRolledBack: false})
    expect(past({kind: 'rollback', outcome: 'rolled-back', ...at('back')})).toMatchObject({
      isRolledBack: false,
    })
  })

  test('nor is it what was interrupted, even where not everything is back', () => {
    const failure = {stage: 'staging', failure: {kind: 'interrupted' as const, signal: 'SIGTERM' as const}}
    expect(past({outcome: 'partly-back', failure, ...at('back')})).toMatchObject({isRolledBack: false})
    expect(past({outcome: 'partly-back', ...at('back')})).toMatchObject({isRolledBack: true})
  })

  test('staging that was healthy stays good when production fails', () => {
    expect(past({outcome: 'rolled-back', ...at('healthy')})).toMatchObject({
      isGood: true,
      isRolledBack: false,
    })
  })

  test('a run without an end is begun where its stage was', () => {
    expect(past(at('begun'), {after: null})).toMatchObject({isBegun: true, isGood: false})
    expect(past(at('waiting'), {after: null})).toMatchObject({isBegun: false})
  })

  test('what a rollback went back to', () => {
    expect(past({kind: 'rollback'}, {action: {kind: 'rollback', toRevision: 2}})?.toRevision).toBe(2)
    expect(past({}, {namespace: 'other'})).toBeUndefined()
  })
})
