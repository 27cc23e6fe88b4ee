import {expect, test} from 'vitest'
import {losePatience, NO_PATIENCE_USED, type Patience} from '../../src/rollout/patience.ts'
import type {Verdict} from '../../src/rollout/verdict.ts'
import {ref} from './build.ts'

const progressing: Verdict = {kind: 'progressing', progress: progress(0)}

test('a suspicion that lasts is doom, shown at the end of its grace', () => {
  const verdicts = tell([0, suspicious()], [5_000, suspicious()], [10_000, suspicious()])
  expect(verdicts.map(each => each.kind)).toEqual(['suspicious', 'suspicious', 'doomed'])
  expect(verdicts[2]).toMatchObject({doom: {shownAtMs: 10_000, message: 'no room (for 10 s now)'}})
})

test('a suspicion that passes is forgotten', () => {
  const verdicts = tell(
    [0, suspicious()],
    [4_000, progressing],
    [10_000, suspicious()],
    [19_000, suspicious()],
  )
  expect(verdicts.at(-1)?.kind).toBe('suspicious')
})

test('one that comes and goes with the attempts of the kubelet is the same', () => {
  const verdicts = tell(
    [0, suspicious()],
    [3_000, progressing],
    [4_500, suspicious()],
    [9_000, suspicious()],
    [10_000, suspicious()],
  )
  expect(verdicts.at(-1)?.kind).toBe('doomed')
})

test('another suspicion has its own clock', () => {
  const verdicts = tell(
    [0, suspicious()],
    [9_000, suspicious(0, 'unschedulable')],
    [10_000, suspicious(0, 'unschedulable')],
  )
  expect(verdicts.at(-1)?.kind).toBe('suspicious')
})

test('getting on starts the clock again', () => {
  const verdicts = tell(
    [0, suspicious(0)],
    [8_000, suspicious(1)],
    [12_000, suspicious(1)],
    [18_000, suspicious(1)],
  )
  expect(verdicts.map(each => each.kind)).toEqual(['suspicious', 'suspicious', 'suspicious', 'doomed'])
})

test('falling back and coming back is not getting on', () => {
  const verdicts = tell(
    [0, suspicious(2)],
    [5_000, suspicious(1)],
    [8_000, suspicious(2)],
    [10_000, suspicious(2)],
  )
  expect(verdicts.at(-1)?.kind).toBe('doomed')
})

test('readings repeated change nothing', () => {
  const once = tell([0, suspicious()], [9_999, suspicious()])
  const often = tell([0, suspicious()], [0, suspicious()], [9_999, suspicious()], [9_999, suspicious()])
  expect(often.at(-1)).toEqual(once.at(-1))
})

function tell(...readings: [number, Verdict][]): Verdict[] {
  let patience: Patience = NO_PATIENCE_USED
  return readings.flatMap(([nowMs, verdict]) => {
    const next = losePatience(patience, [verdict], nowMs)
    patience = next.patience
    return next.verdicts
  })
}

function suspicious(ready = 0, reason: 'quota-exceeded' | 'unschedulable' = 'quota-exceeded'): Verdict {
  const where = {pod: undefined, container: undefined, image: undefined}
  const doom = {reason, message: 'no room', evidence: '', shownAtMs: 1, ...where}
  return {kind: 'suspicious', graceMs: 10_000, doom, progress: progress(ready)}
}

function progress(ready: number) {
  return {workload: ref(), wanted: 3, updated: 0, ready, waitingFor: ''}
}
