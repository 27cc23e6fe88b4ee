import {expect, test} from 'vitest'
import {plainScalar} from '../../src/diff/yaml-scalars.ts'

/** Recorded from sigs.k8s.io/yaml 1.6.0 (go.yaml.in/yaml/v2 2.4.2): `v: TEXT` converted to JSON. */
const AS_KUBERNETES_READS: readonly [string, unknown][] = [
  ['yes', true],
  ['y', true],
  ['on', true],
  ['Off', false],
  ['N', false],
  ['True', true],
  ['tRUE', 'tRUE'],
  ['~', null],
  ['Null', null],
  ['', null],
  ['0', 0],
  ['-0', 0],
  ['+5', 5],
  ['010', 8],
  ['08', 8],
  ['0o10', 8],
  ['0x1F', 31],
  ['-0x1f', -31],
  ['0x', '0x'],
  ['0b11', 3],
  ['1_000', 1000],
  ['_1', '_1'],
  ['1:30', '1:30'],
  ['12:30:45', '12:30:45'],
  ['2024-01-01', '2024-01-01'],
  ['2024-05-01-120000-production', '2024-05-01-120000-production'],
  ['1.10', 1.1],
  ['1.10.2', '1.10.2'],
  ['.5', 0.5],
  ['-.5', -0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1e+06', 1_000_000],
  ['e5', 'e5'],
  ['1e400', '1e400'],
  ['=', '='],
]

test.each(AS_KUBERNETES_READS)('%j is read as %j', (text, value) => {
  expect(plainScalar(text)).toBe(value)
})

test('a number that JavaScript cannot hold stays the text it is, so that no change of it is lost', () => {
  expect(plainScalar('9007199254740993')).toBe('9007199254740993')
})
