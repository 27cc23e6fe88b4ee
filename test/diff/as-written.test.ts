import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {isAsWritten, withoutServerFields, withStoredData} from '../../src/diff/as-written.ts'

describe('isAsWritten', () => {
  test.each<[unknown, unknown, boolean]>([
    [{spec: {replicas: 2}}, {spec: {replicas: 2, paused: false}, status: {}}, true],
    [{spec: {replicas: 2}}, {spec: {replicas: 3}}, false],
    [{spec: {replicas: 2}}, {spec: {}}, false],
    [{a: null, b: {}, c: [], d: {e: null}}, {}, true],
    [{a: false}, {}, false],
    [{a: ''}, {}, false],
    [['x', 'y'], ['x', 'y'], true],
    [['x', 'y'], ['y', 'x'], false],
    [['x'], ['x', 'y'], false],
    [[{name: 'a', image: '1'}], [{name: 'sidecar'}, {name: 'a', image: '1', tty: false}], true],
    [[{name: 'a', image: '1'}], [{name: 'a', image: '2'}], false],
    [[{name: 'a'}], [], false],
    [{cpu: '1000m'}, {cpu: '1'}, false],
  ])('%j in %j: %s', (written, live, expected) => {
    expect(isAsWritten(written, live)).toBe(expected)
  })

  test('whatever is written is found in itself, with anything added to its objects', () => {
    const {tree} = fc.letrec(tie => ({
      tree: fc.oneof(
        {maxDepth: 4},
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), {maxLength: 3}),
        fc.dictionary(fc.string({maxLength: 3}), tie('tree'), {maxKeys: 3}),
      ),
    }))
    const grown = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(grown)
      if (typeof value !== 'object' || value === null) return value
      return {
        ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, grown(inner)])),
        added: 1,
      }
    }
    fc.assert(fc.property(tree, value => isAsWritten(value, value) && isAsWritten(value, grown(value))))
  })
})

test("a Secret's stringData is what its data becomes", () => {
  expect(withStoredData({kind: 'Secret', data: {a: 'eA=='}, stringData: {b: 'ü', n: 1}})).toEqual({
    kind: 'Secret',
    data: {a: 'eA==', b: Buffer.from('ü').toString('base64'), n: Buffer.from('1').toString('base64')},
  })
  expect(withStoredData({spec: 1})).toEqual({spec: 1})
})

test('what the server keeps is left out', () => {
  const metadata = {name: 'x', labels: {}, uid: 'u', resourceVersion: '1', managedFields: [], generation: 2}
  expect(withoutServerFields({kind: 'Pod', metadata, status: {}})).toEqual({
    kind: 'Pod',
    metadata: {name: 'x', labels: {}},
  })
})
