import {expect, test} from 'vitest'
import {runsIn, withRun} from '../../src/journal/stored-runs.ts'
import {type UnlockRecord, unlocksIn, withUnlock} from '../../src/journal/stored-unlocks.ts'

const unlock = (runId: string): UnlockRecord => ({
  schema: 1,
  kind: 'unlock',
  runId,
  startedAt: '2026-11-21T10:00:00.000Z',
  endedAt: '2026-11-21T10:00:00.000Z',
  by: 'bob',
  from: 'deploy1003',
  message: 'agreed',
  environment: 'eqiad',
  releases: [],
  held: {
    runId: 'r0',
    by: 'alice',
    from: 'deploy1003',
    since: '2026-11-21T09:00:00.000Z',
    reason: 'T1',
    state: 'frozen',
    covers: 'service',
  },
})
const run = {
  schema: 1,
  runId: 'r1',
  kind: 'deploy',
  startedAt: '2026-11-21T08:00:00.000Z',
  by: 'alice',
  from: 'deploy1003',
  releases: [],
} as const

test('newest first, beside the runs, of which none is touched', () => {
  const data = withUnlock(withUnlock(withRun(undefined, run), unlock('u1')), unlock('u2'))
  expect(unlocksIn(data).map(one => one.runId)).toEqual(['u2', 'u1'])
  expect(runsIn(data)).toEqual([run])
  expect(unlocksIn(withRun(data, {...run, runId: 'r2'}))).toHaveLength(2)
})

test('the last thirty are kept, and what cannot be read is left out', () => {
  const many = Array.from({length: 40}, (_, index) => unlock(`u${index}`))
  const data = many.reduce<Record<string, string> | undefined>(withUnlock, undefined)
  expect(unlocksIn(data)).toHaveLength(30)
  expect(unlocksIn(data)[0]?.runId).toBe('u39')
  expect(unlocksIn({unlocks: '{'})).toEqual([])
  expect(unlocksIn({unlocks: '[{"schema": 2}, null]'})).toEqual([])
})
