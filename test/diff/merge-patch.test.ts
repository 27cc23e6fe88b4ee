import fc from 'fast-check'
import {expect, test} from 'vitest'
import {applyMergePatch, createMergePatch} from '../../src/diff/merge-patch.ts'

// The cases of RFC 7396, appendix A, that are about objects.
test.each<[unknown, unknown, unknown]>([
  [{a: 'b'}, {a: 'c'}, {a: 'c'}],
  [{a: 'b'}, {b: 'c'}, {a: 'b', b: 'c'}],
  [{a: 'b'}, {a: null}, {}],
  [{a: 'b', b: 'c'}, {a: null}, {b: 'c'}],
  [{a: ['b']}, {a: 'c'}, {a: 'c'}],
  [{a: {b: 'c'}}, {a: {b: 'd', c: null}}, {a: {b: 'd'}}],
  [{a: [{b: 'c'}]}, {a: [1]}, {a: [1]}],
  [{e: null}, {a: 1}, {e: null, a: 1}],
  [{}, {a: {bb: {ccc: null}}}, {a: {bb: {}}}],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
])('%j with %j is %j', (value, patch, expected) => {
  expect(applyMergePatch(value, patch)).toEqual(expected)
})

test('the patch between two values makes one out of the other, and nothing where they are equal', () => {
  // JSON of Kubernetes objects: a null in them means absent.
  const {value} = fc.letrec(tie => ({
    value: fc.oneof(
      {maxDepth: 4},
      fc.integer(),
      fc.string(),
      fc.array(fc.integer(), {maxLength: 3}),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
    ),
  }))
  fc.assert(
    fc.property(value, value, (before, after) => {
      expect(applyMergePatch(before, createMergePatch(before, after))).toEqual(after)
      expect(createMergePatch(before, before)).toBeUndefined()
    }),
  )
})
