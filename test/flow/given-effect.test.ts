import fc from 'fast-check'
import {expect, test} from 'vitest'
import {effectiveOf} from '../../src/flow/given-effect.ts'

const effective = (words: readonly string[], resultOf: (words: readonly string[]) => unknown) =>
  effectiveOf(words, async kept => resultOf(kept) !== resultOf(words))

test('each word that makes a difference alone', async () => {
  const words = ['a', 'b', 'c']
  expect(await effective(words, kept => kept.includes('b'))).toEqual(['b'])
  expect(await effective(words, () => 0)).toEqual([])
  expect(await effective(words, kept => kept.includes('a') && kept.includes('c'))).toEqual(['a', 'c'])
})

test('words that do so only together are all told', async () => {
  expect(await effective(['a', 'b'], kept => kept.length > 0)).toEqual(['a', 'b'])
})

test('nothing is told exactly when no words at all would have been the same', async () => {
  const results = fc.array(fc.integer({min: 0, max: 1}), {minLength: 8, maxLength: 8})
  await fc.assert(
    fc.asyncProperty(results, async table => {
      const words = ['a', 'b', 'c']
      const resultOf = (kept: readonly string[]) =>
        table[kept.reduce((sum, word) => sum + 2 ** words.indexOf(word), 0)]
      const found = await effective(words, resultOf)
      if (found.length === 0) expect(resultOf([])).toBe(resultOf(words))
    }),
  )
})
