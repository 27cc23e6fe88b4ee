import {expect, test} from 'vitest'
import {restAfter} from '../../src/flow/pace.ts'

test.each([
  [0.3, 0],
  [1, 0],
  [5, 200],
  [8, 350],
  [3000, 450],
])('after a look of %d ms the next one waits %d ms', (tookMs, restMs) => {
  expect(restAfter(tookMs)).toBe(restMs)
})
