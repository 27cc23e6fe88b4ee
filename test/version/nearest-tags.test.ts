import {expect, test} from 'vitest'
import {nearestTags} from '../../src/version/nearest-tags.ts'

const TAGS = [
  '2026-10-08-141530-production',
  '2026-11-20-093000-production',
  '2026-11-21-080000-crash',
  'v9',
  'v10',
]

test('a mistyped tag has its right one first', () => {
  expect(nearestTags('2026-11-20-093000-prodction', TAGS, 2)).toEqual([
    '2026-11-20-093000-production',
    '2026-10-08-141530-production',
  ])
})

test('of two equally far the later one comes first', () => {
  expect(nearestTags('v', ['v1', 'v9', 'v2'], 3)).toEqual(['v9', 'v2', 'v1'])
})

test('its flavour counts more than its date, and its beginning more than its letters', () => {
  expect(nearestTags('2026-11-21-080001-production', TAGS, 2)).toEqual([
    '2026-11-20-093000-production',
    '2026-10-08-141530-production',
  ])
  expect(nearestTags('2026-11-21-090000-crash', TAGS, 1)).toEqual(['2026-11-21-080000-crash'])
  expect(nearestTags('v00', ['v10', 'v09'], 2)).toEqual(['v09', 'v10'])
})

test('no tags, no neighbours', () => expect(nearestTags('x', [], 3)).toEqual([]))
