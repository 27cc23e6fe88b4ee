import {expect, test} from 'vitest'
import {unfinishedRefusal} from '../../src/plan/refuse-unfinished.ts'
import {hasTouched} from '../../src/plan/unfinished.ts'
import {aLive, anUnfinishedEnvironment, anUnfinishedRun, aTouched} from './unfinished.ts'

const written = anUnfinishedRun([
  anUnfinishedEnvironment('staging', [aTouched('main', {live: aLive(4, 'planned')})]),
  anUnfinishedEnvironment('eqiad', [aTouched('main')]),
])

test('what a run left is told in one paragraph', () => {
  const {exitKind, message} = unfinishedRefusal(written, 'shop', 'ada')
  expect(exitKind).toBe('declined')
  expect(message).toBe(
    'The deploy 20261121T100000-ab12 of ada from deploy1, begun 2026-11-21 10:00 UTC, was cut off: its process is gone. ' +
      'What stands where: staging main: was revision 3, is the new version now (revision 4); eqiad main: revision 3, not touched.',
  )
})

test('a run that was left as it failed is not told as one that was cut off', () => {
  const {exitKind, message} = unfinishedRefusal({...written, state: 'left'}, 'shop', 'bob')
  expect(exitKind).toBe('declined')
  expect(message).toContain('UTC, failed and was left as it is (--no-rollback). What stands where:')
})

test("a run that somebody else has paused is locked; one's own, and a dead one, is a decision to make", () => {
  expect(unfinishedRefusal({...written, state: 'paused'}, 'shop', 'bob').exitKind).toBe('locked')
  expect(unfinishedRefusal({...written, state: 'paused'}, 'shop', 'ada').exitKind).toBe('declined')
  expect(unfinishedRefusal(written, 'shop', 'bob').exitKind).toBe('declined')
})

test('a run that changed nothing leaves nothing to finish', () => {
  expect(hasTouched(written)).toBe(true)
  expect(hasTouched(anUnfinishedRun([anUnfinishedEnvironment('staging', [aTouched('main')])]))).toBe(false)
})
