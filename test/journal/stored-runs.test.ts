import fc from 'fast-check'
import {expect, test} from 'vitest'
import type {RunRecord} from '../../src/journal/record.ts'
import {runsIn, withRun} from '../../src/journal/stored-runs.ts'

const run = (runId: string, given: Partial<RunRecord> = {}): RunRecord => ({
  schema: 1,
  runId,
  kind: 'deploy',
  startedAt: '2026-11-21T10:00:00Z',
  endedAt: '2026-11-21T10:01:00Z',
  by: 'ada',
  from: 'deploy1',
  outcome: 'deployed',
  releases: [],
  ...given,
})

const release = {name: 'main', before: 1, after: null, restored: null, images: [], override: null}

test('a run takes the place of the one with its id, a new one comes first', () => {
  const first = withRun(undefined, run('a'))
  const second = withRun(first, run('b'))
  const again = withRun(second, run('a', {outcome: 'rolled-back'}))
  expect(runsIn(again).map(one => [one.runId, one.outcome])).toEqual([
    ['b', 'deployed'],
    ['a', 'rolled-back'],
  ])
})

test('what a newer deploy wrote is kept: runs of its schema, unknown fields, other keys', () => {
  const newer = {schema: 2, runId: 'z', somethingElse: true}
  const ours = {...run('a', {releases: [{...release, color: 'green'} as never]}), mood: 'good'}
  const data = {runs: JSON.stringify([newer, ours]), index: 'x'}
  expect(runsIn(data).map(one => one.runId)).toEqual(['a'])
  const written = withRun(data, run('a', {releases: [{...release, after: 2}]}))
  expect(written.index).toBe('x')
  const [kept, changed] = JSON.parse(written.runs ?? '')
  expect(kept).toEqual(newer)
  expect(changed.mood).toBe('good')
  expect(changed.releases).toEqual([{...release, after: 2, color: 'green'}])
})

test('a record of the first deploy is read, and written by this one without loss', () => {
  const old =
    '[{"schema":1,"runId":"20261001T101010-ab12","kind":"deploy","startedAt":"2026-10-01T10:10:10.000Z","by":"ada","from":"deploy1","releases":[{"name":"main","before":4,"after":5,"restored":null,"override":null,"images":["shop:1"]}],"endedAt":"2026-10-01T10:11:10.000Z","outcome":"deployed"}]'
  const written = withRun({runs: old}, run('new'))
  expect(runsIn(written)[1]).toEqual(JSON.parse(old)[0])
})

test('text that is no list of runs is kept beside the new list', () => {
  for (const damaged of ['{"schema":', '{}', '17']) {
    const written = withRun({runs: damaged}, run('a'))
    expect(runsIn(written).map(one => one.runId)).toEqual(['a'])
    expect(written['runs-damaged']).toBe(damaged)
  }
})

test('entries that are no runs are passed over', () => {
  const data = {runs: JSON.stringify([null, 3, {schema: 1}, {schema: 1, runId: 'x'}, run('a')])}
  expect(runsIn(data).map(one => one.runId)).toEqual(['a'])
})

test('it never grows beyond what a ConfigMap holds, and keeps the newest run and the unfinished ones', () => {
  const sizes = fc.array(fc.integer({min: 0, max: 60_000}), {minLength: 1, maxLength: 60})
  fc.assert(
    fc.property(sizes, lengths => {
      const unfinished = run('unfinished')
      delete unfinished.endedAt
      let data = withRun(undefined, unfinished)
      for (const [index, length] of lengths.entries()) {
        data = withRun(data, run(String(index), {message: 'é'.repeat(length / 2)}))
      }
      const kept = runsIn(data).map(one => one.runId)
      expect(Buffer.byteLength(data.runs ?? '')).toBeLessThanOrEqual(900_000)
      expect(kept.length).toBeLessThanOrEqual(31)
      expect(kept[0]).toBe(String(lengths.length - 1))
      if (lengths.reduce((a, b) => a + b, 0) < 500_000) expect(kept).toContain('unfinished')
    }),
    {numRuns: 30},
  )
})
