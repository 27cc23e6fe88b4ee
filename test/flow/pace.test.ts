import {expect, test} from 'vitest'
import {restAfter} from '../../src/flow/pace.ts'

test.each([
  ['a small rollout never rests', 40, 1000, 0],
  ['a few dear looks in the beginning are no reason either', 60, 0, 0],
  ['what is overdrawn is rested off', 65, 0, 250],
  ['time that has passed counts', 80, 1000, 0],
  ['at some time one has to look', 300, 1000, 500],
])('%s', (_, spentMs, elapsedMs, restMs) => {
  expect(restAfter(spentMs, elapsedMs)).toBe(restMs)
})
