import fc from 'fast-check'
import {expect, test} from 'vitest'
import {makeFinder} from '../../src/diff/find-texts.ts'

test('it finds what a plain search for each text finds', () => {
  // Few letters: many overlaps, and many texts that begin alike.
  const word = (minLength: number, maxLength: number) =>
    fc.string({unit: fc.constantFrom('a', 'b', 'é', '\n'), minLength, maxLength})
  fc.assert(
    fc.property(fc.uniqueArray(word(3, 6), {maxLength: 6}), word(0, 40), (texts, text) => {
      const found = makeFinder(texts, 3)(`${text}.`).map(({start, end}) => `${start}-${end}`)
      const expected = texts.flatMap(one =>
        [...text].flatMap((_, at) => (text.startsWith(one, at) ? [`${at}-${at + one.length}`] : [])),
      )
      expect(new Set(found)).toEqual(new Set(expected))
    }),
  )
})

test('the beginning of a text that was cut off at the end is found, too', () => {
  const find = makeFinder(['abcdefghij'], 4)
  expect(find('said abcdefg')).toEqual([{start: 5, end: 12}])
  expect(find('said abcdefg…')).toEqual([{start: 5, end: 12}])
  expect(find('said abcdefg again')).toEqual([])
})
