import {expect, test} from 'vitest'
import {datedLines, mayBeDated} from '../../src/charts/dated.ts'

test.each([
  ['{{ now | date "2006-01-02" }}', 'at: 2026-11-21T10:00:00Z', true],
  ['{{ now | date "2006-01-02" }}', 'at: 2026-11-20T10:00:00Z', false],
  ['salt: {{ randAlphaNum 8 }}', 'salt: abc', true],
  ['# now\nname: {{ .Release.Name }}', 'at: 2026-11-21', false],
])('%s with %s', (helmfile, values, expected) => {
  expect(mayBeDated(helmfile, values, '2026-11-21')).toBe(expected)
})

test('the lines that differ, counted as sed counts them', () => {
  expect(datedLines('a\nb 1\nc', 'a\nb 2\nc')).toEqual([2])
  expect(datedLines('a', 'a')).toEqual([])
  expect(datedLines('a\nb', 'a')).toBeUndefined()
})
