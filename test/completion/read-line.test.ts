import {expect, test} from 'vitest'
import type {FlagShape, Grammar} from '../../src/completion/grammar.ts'
import {fitting, inPlaceOf, offersOf} from '../../src/completion/offers.ts'
import {readLine} from '../../src/completion/read-line.ts'
import {splitLine} from '../../src/completion/split-line.ts'

const value = (name: string, more: Partial<FlagShape> = {}): FlagShape => ({
  name,
  char: undefined,
  summary: '',
  takesValue: true,
  isRepeatable: false,
  hasOpposite: false,
  options: [],
  ...more,
})
const flags = [
  value('env', {char: 'e', isRepeatable: true}),
  value('selector', {char: 'l', isRepeatable: true}),
  value('version', {isRepeatable: true}),
  value('output', {char: 'o', options: ['json', 'text']}),
  value('chdir'),
  value('to'),
  value('yes', {char: 'y', takesValue: false}),
  value('color', {takesValue: false, hasOpposite: true}),
]
const command = (words: string, args: string[], more: {isVariadic?: boolean} = {}) => ({
  words: words.split(' '),
  summary: `does ${words}`,
  args,
  isVariadic: false,
  flags,
  ...more,
})
const grammar: Grammar = [
  command('service', ['name']),
  command('rollback', ['name']),
  command('history', ['name', 'run']),
  command('sandbox up', []),
  command('sandbox down', []),
  command('many', ['name'], {isVariadic: true}),
  command('write', ['name', 'version']),
]
const read = (line: string) => readLine(splitLine(line), grammar)

test.each([
  ['', 'commands'],
  ['sandbox ', 'commands'],
  ['rollback ', 'services'],
  ['many shop ', 'services'],
  ['rollback shop ', 'flags'],
  ['shop -', 'flags'],
  ['shop --en', 'flags'],
  ['shop -e ', 'environments'],
  ['shop -e staging -e ', 'environments'],
  ['shop -est', 'environments'],
  ['shop --env=st', 'environments'],
  ['shop -y -l ', 'selectors'],
  ['shop --version ', 'versions'],
  ['many shop@', 'versions'],
  ['shop@2026', 'versions'],
  ['rollback shop@', 'services'],
  ['write shop ', 'versions'],
  ['shop -o ', 'choices'],
  ['rollback shop --to ', 'runs'],
  ['history shop ', 'runs'],
  ['shop --chdir ', 'files'],
  ['rollback -- ', 'services'],
  ['rollback shop -- ', 'nothing'],
  ['shop --nonsense ', 'flags'],
])('%j wants %s', (line, kind) => {
  expect(read(line).wanted.kind).toBe(kind)
})

test('what was said before is understood', () => {
  expect(read('rollback -e staging,eqiad -e codfw shop --chdir /srv -l name=main --to 2026')).toMatchObject({
    service: 'shop',
    environments: ['staging', 'eqiad', 'codfw'],
    selectors: ['name=main'],
    ambient: {chdir: '/srv'},
    typed: '2026',
  })
})

test('a version beside a name is one of that service', () => {
  expect(read('many shop other@20')).toMatchObject({service: 'other', typed: '20'})
  expect(read('services/shop@2')).toMatchObject({service: 'services/shop', typed: '2'})
  expect(read('shop@v1 -e ')).toMatchObject({service: 'shop'})
  expect(inPlaceOf('2026', 'other@20', '20', '')).toBe('other@2026')
  expect(inPlaceOf('2026', 'other@20', '20', '@')).toBe('2026')
})

test('a first word that is no command is a service', () => {
  expect(read('services/shop -e ')).toMatchObject({service: 'services/shop', command: {words: ['service']}})
})

test('a flag that was given is not offered again, unless it may be repeated', () => {
  const words = offersOf(read('shop -y -e staging --no-color --'), grammar).map(offer => offer.word)
  expect(words).toContain('--env')
  expect(words).not.toContain('--yes')
  expect(words).not.toContain('--color')
})

test('the words of topics are offered one by one', () => {
  expect(offersOf(read('sandbox '), grammar).map(offer => offer.word)).toEqual(['up', 'down'])
  expect(offersOf(read(''), grammar).filter(offer => offer.word === 'sandbox')).toHaveLength(1)
})

test('of a list the last part is completed, and what it holds is not offered', () => {
  const offers = ['staging', 'eqiad', 'codfw'].map(word => ({word, about: ''}))
  expect(fitting('eqiad,', offers, true).map(offer => offer.word)).toEqual(['eqiad,staging', 'eqiad,codfw'])
  expect(fitting('eqiad,c', offers, true).map(offer => offer.word)).toEqual(['eqiad,codfw'])
})

test.each([
  ['staging', '--env=st', 'st', '', '--env=staging'],
  ['staging', '--env=st', 'st', ':=', 'staging'],
  ['name=canary', 'name=c', 'name=c', ':=', 'canary'],
  ['staging,eqiad', 'staging,e', 'staging,e', ':=', 'staging,eqiad'],
])('%s in place of %s', (word, whole, typed, breaks, expected) => {
  expect(inPlaceOf(word, whole, typed, breaks)).toBe(expected)
})

test.each([
  ['deploy shop ', ['deploy', 'shop', '']],
  ['deploy  sh', ['deploy', 'sh']],
  [`deploy -m "a 'b' c" x`, ['deploy', '-m', "a 'b' c", 'x']],
  ["deploy -m 'a b", ['deploy', '-m', 'a b']],
  ['deploy a\\ b', ['deploy', 'a b']],
  ['', ['']],
])('%j is taken apart', (line, words) => {
  expect(splitLine(line)).toEqual(words)
})
