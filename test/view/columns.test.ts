import fc from 'fast-check'
import {expect, test} from 'vitest'
import {inColumns, listWidth} from '../../src/view/columns.ts'

test('columns are as wide as they need to be; what does not fit goes on below', () => {
  const rows = [
    ['staging', 'main', 'shop:v1', '5 min', 'root'],
    ['', 'canary', 'shop:v1', '5 min', 'root', 'override: deployed beside git'],
    ['eqiad', '', 'there is no kubeconfig here'],
  ]
  expect(inColumns(rows, {width: 40, lead: '  ', under: 2})).toEqual([
    '  staging  main    shop:v1  5 min  root',
    '           canary  shop:v1  5 min  root',
    '                   override: deployed',
    '                   beside git',
    '  eqiad            there is no',
    '                   kubeconfig here',
  ])
  expect(inColumns(rows, {width: Infinity, under: 2})[1]).toBe(
    '         canary  shop:v1  5 min  root  override: deployed beside git',
  )
})

test('no line is too wide but for a word that is, and no word is lost', () => {
  const cell = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), {maxLength: 3}).map(words => words.join(' '))
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, {maxLength: 5}), {maxLength: 5}),
      fc.integer({min: 60, max: 90}),
      (rows, width) => {
        const under = 1
        const lines = inColumns(rows, {width, under})
        for (const line of lines)
          expect(line.length <= width || line.trim().split(/\s+/).length < 4).toBe(true)
        const words = (text: string) => text.split(/\s+/).filter(Boolean).join(' ')
        expect(words(lines.join(' '))).toBe(words(rows.flat().join(' ')))
      },
    ),
  )
})

test('a file or pipe gets whole rows', () => {
  expect(listWidth({isTTY: false, columns: 80})).toBe(Infinity)
  expect(listWidth({isTTY: true, columns: 100})).toBe(100)
  expect(listWidth({isTTY: true, columns: 0})).toBe(80)
})
