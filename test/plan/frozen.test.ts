import {expect, test} from 'vitest'
import {frozenText, sinceText} from '../../src/plan/frozen.ts'

const lock = {environment: 'eqiad', by: 'alice', since: '2026-11-21T11:18:04.099Z', reason: 'T1: switchover'}

test('a lock says what it covers, whose it is, and what ends it', () => {
  expect(frozenText({...lock, covers: 'service'}, 'shop')).toBe(
    'eqiad: shop is locked by alice since 2026-11-21 11:18 UTC: T1: switchover. It ends with deploy unlock shop -e eqiad.',
  )
  expect(frozenText({...lock, covers: 'everything', reason: ''}, 'shop')).toBe(
    'eqiad: everything is locked by alice since 2026-11-21 11:18 UTC. It ends with deploy unlock --all -e eqiad.',
  )
})

test('what is no time is told as it was recorded', () => {
  expect(sinceText('an unknown time')).toBe('an unknown time')
})
