import {describe, expect, test} from 'vitest'
import {nameServices, oneService} from '../../src/charts/name-services.ts'

const SERVICES = [
  {group: 'services', name: 'mw-api'},
  {group: 'services', name: 'mw-web'},
  {group: 'services', name: 'shop'},
  {group: 'dse', name: 'shop'},
]
const GROUPS = {web: ['mw-*', 'dse/shop'], all: ['mw-api', '@web']}

describe('what words mean', () => {
  test.each<[string[], string[]]>([
    [
      ['mw-web', 'mw-api'],
      ['mw-web', 'mw-api'],
    ],
    [['mw-*'], ['mw-api', 'mw-web']],
    [['@web'], ['mw-api', 'mw-web', 'shop']],
    [['*'], ['mw-api', 'mw-web', 'services/shop', 'dse/shop']],
    [
      ['services/*', 'mw-web'],
      ['mw-api', 'mw-web', 'shop'],
    ],
  ])('%j', (words, labels) => {
    expect(nameServices(words, SERVICES, GROUPS).map(({label}) => label)).toEqual(labels)
  })

  test('a version behind a name counts, whichever word brought the service first', () => {
    const named = nameServices(['mw-*', 'mw-web@2026-10-01'], SERVICES, {})
    expect(named.map(({label, version}) => [label, version])).toEqual([
      ['mw-api', undefined],
      ['mw-web', '2026-10-01'],
    ])
  })

  test.each([
    [['mw-web@1', 'mw-web@2'], /mw-web is given two versions/],
    [['nothing-*'], /no service has such a name/],
    [['@unknown'], /the configuration has none of that name/],
    [['@all'], /the group @all: it names the group @web, and groups cannot be nested/],
    [['../mw-web', 'mw-api'], /cannot be a service's name/],
  ])('%j is refused', (words, message) => {
    expect(() => nameServices(words, SERVICES, GROUPS)).toThrow(message)
  })
})

test.each([
  [[], {name: undefined, version: undefined}],
  [['shop'], {name: 'shop', version: undefined}],
  [['services/shop@1.2'], {name: 'services/shop', version: '1.2'}],
  [['mw-*'], undefined],
  [['@web'], undefined],
  [['a', 'b'], undefined],
])('%j names one service: %j', (words, one) => {
  expect(oneService(words)).toEqual(one)
})
