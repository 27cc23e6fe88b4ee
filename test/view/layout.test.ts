import fc from 'fast-check'
import stringWidth from 'string-width'
import {expect, test} from 'vitest'
import {cutLine, foldText, hanging, listed, printable, usableWidth, wrapText} from '../../src/view/layout.ts'
import {textWidth} from '../../src/view/text-width.ts'
import {ageText, clockText, durationText, spanText, timeOfDay} from '../../src/view/time-text.ts'

test.each([
  ['short', 10, 'short'],
  ['exactly 10', 10, 'exactly 10'],
  ['longer than 10', 10, 'longer th…'],
  ['日本語です', 6, '日本…'],
  ['\u001b[32mgreen and long\u001b[39m', 8, '\u001b[32mgreen a\u001b[39m…'],
])('%j in %d columns', (line, width, cut) => {
  expect(cutLine(line, width)).toBe(cut)
})

test('a cut line fits whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({unit: 'grapheme'}), fc.integer({min: 2, max: 40}), (line, width) => {
      expect(stringWidth(cutLine(printable(line), width))).toBeLessThanOrEqual(width)
    }),
  )
})

test('text is wrapped between words, and under its lead', () => {
  expect(wrapText('one two three four five six', 20)).toEqual(['one two three four', 'five six'])
  expect(hanging('! ', 'one two three four five six', 22)).toBe('! one two three four\n  five six')
  expect(wrapText('a-path/that/is/longer/than/the/line short', 20)).toEqual([
    'a-path/that/is/longer/than/the/line',
    'short',
  ])
})

test('nothing from outside reaches the terminal as a command', () => {
  expect(printable('\u001b[31mred\u001b[0m \u001b]0;title\u0007bell\r\u202eevil\ttab\nnext')).toBe(
    'red bellevil  tab\nnext',
  )
})

test.each([
  [undefined, 80],
  [0, 80],
  [5, 80],
  [120, 120],
])('a terminal that says %s columns is taken for %d', (columns, width) => {
  expect(usableWidth(columns)).toBe(width)
})

test('lists are read as people write them', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ])
})

test.each([
  [0, '0.0 s'],
  [640, '0.6 s'],
  [9960, '10 s'],
  [42_400, '42 s'],
  [102_000, '1 min 42 s'],
  [7_500_000, '2 h 5 min'],
])('%d ms take %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text)
})

test.each([
  [1500, '1.5 s'],
  [10_000, '10 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [90_000, '1 min 30 s'],
])('%d ms are a window of %s', (spanMs, text) => {
  expect(spanText(spanMs)).toBe(text)
})

test.each([
  [20_000, 'less than a minute old'],
  [60_000, '1 minute old'],
  [7_100_000, '118 minutes old'],
  [7_200_000, '2 hours old'],
  [200_000_000, '2 days old'],
])('%d ms ago is %s', (ageMs, text) => {
  expect(ageText(ageMs)).toBe(text)
})

test('clocks', () => {
  expect([clockText(580_400), clockText(0), clockText(-5), clockText(9000)]).toEqual([
    '9:41',
    '0:00',
    '0:00',
    '0:09',
  ])
  expect(timeOfDay(Date.parse('2024-06-11T10:12:30.999Z'))).toBe('10:12:30')
})

test.each(['plain', 'a → b · c', '│ ├ ✔ ✖ …', '日本', '👍🏽', 'e\u0301', '\u001b[1mbold\u001b[22m', ''])(
  'the width of %j is what string-width says',
  text => {
    expect(textWidth(text)).toBe(stringWidth(text))
  },
)

test('characters that are taken for narrow without asking are narrow', () => {
  const narrow = Array.from({length: 0x2fff}, (_, code) => String.fromCharCode(code)).filter(
    char => textWidth(char) === 1 && stringWidth(char) !== 1,
  )
  expect(narrow).toEqual([])
})

test('a folded text keeps its indentation, and a command whole', () => {
  const command = '  deploy abort shop --yes --on-unfinished abort'
  expect(
    foldText(`deploy: lock shop: it is locked by somebody\n  - for a good reason or two\n${command}`, 26),
  ).toBe(`deploy: lock shop: it is\nlocked by somebody\n  - for a good reason or\n    two\n${command}`)
})

test('a number is not parted from its unit', () => {
  expect(wrapText('healthy, and stayed so for 18 s', 29)).toEqual(['healthy, and stayed so for', '18 s'])
})
