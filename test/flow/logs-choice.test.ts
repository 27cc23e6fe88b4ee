import {expect, test} from 'vitest'
import {choosePods} from '../../src/flow/logs-choice.ts'

const hintFor = (pod: string) => {
  try {
    return choosePods([], {pod, container: undefined})
  } catch (error) {
    return (error as {hint?: string}).hint
  }
}

test('a pod that was there and is gone is looked for in the history', () => {
  expect(hintFor('shop-main-7c9f8d6b5-x2k4z')).toMatch(/^Its pods: none\.\n.*deploy history NAME RUN/)
  expect(hintFor('canary')).toBe('Its pods: none.')
})
