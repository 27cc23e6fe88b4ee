import {expect, test} from 'vitest'
import {isRecordOf} from '../../src/journal/record.ts'

test.each([
  [{name: 'main', namespace: 'shop'}, true],
  [{name: 'main', namespace: 'other'}, false],
  [{name: 'canary', namespace: 'shop'}, false],
  // As an older deploy wrote it.
  [{name: 'main'}, true],
])('whether %j speaks of shop/main: %j', (recorded, isOfIt) => {
  expect(isRecordOf(recorded, {namespace: 'shop', name: 'main'})).toBe(isOfIt)
})
