import {expect, test} from 'vitest'
import {dataOfHolder, hasRunOut, holderOf, type LockHolder} from '../../src/journal/lock-holder.ts'

const holder: LockHolder = {
  runId: 'r1',
  by: 'ada',
  from: 'deploy1',
  since: '2026-11-21T10:00:00Z',
  reason: 'T1',
  state: 'working',
  process: 'boot pid:[1] 7 99',
}
const writtenAt = '2026-11-21T10:00:00Z'
const lock = (given: Partial<LockHolder> = {}, times: readonly string[] = [writtenAt]) => ({
  kind: 'ConfigMap',
  metadata: {name: 'deploy-lock-shop', managedFields: times.map(time => ({time}))},
  data: dataOfHolder({...holder, ...given}, 0),
})
const after = (seconds: number) => Date.parse(writtenAt) + 1000 * seconds

test('what is written is what is read', () => {
  expect(holderOf(lock())).toEqual(holder)
  expect(holderOf(lock({state: 'paused', process: undefined}))).toEqual({
    ...holder,
    state: 'paused',
    process: undefined,
  })
})

test('it runs out a minute after the API server wrote it last, by its own clock', () => {
  expect(hasRunOut(lock(), after(60))).toBe(false)
  expect(hasRunOut(lock(), after(61))).toBe(true)
  // A host whose clock is five minutes off wrote it; that does not count.
  expect(hasRunOut({...lock(), data: dataOfHolder(holder, after(-300))}, after(10))).toBe(false)
  expect(hasRunOut({...lock(), data: dataOfHolder(holder, after(300))}, after(61))).toBe(true)
})

test('the newest of several writes counts, and where none is told it never runs out', () => {
  expect(hasRunOut(lock({}, ['2026-11-21T09:00:00Z', writtenAt]), after(30))).toBe(false)
  expect(hasRunOut(lock({}, []), after(3600))).toBe(false)
  expect(hasRunOut(lock(), undefined)).toBe(false)
})

test('a paused run and a freeze do not run out, not for an older deploy either', () => {
  for (const state of ['paused', 'frozen'] as const) {
    expect(hasRunOut(lock({state}), after(1e6))).toBe(false)
    expect(Date.parse(lock({state}).data.renewedAt ?? '')).toBeGreaterThan(after(1e9))
  }
})
