import fc from 'fast-check'
import {expect, test} from 'vitest'
import {parseAllDocuments, stringify} from 'yaml'
import {parseBlockYaml} from '../../src/diff/block-yaml.ts'
import {MAY_BE_SPECIAL, plainScalar} from '../../src/diff/yaml-scalars.ts'
import {anyBody} from './any-yaml.ts'

test('reads what charts render', () => {
  const text = `
# a comment
apiVersion: apps/v1 # and another
metadata:
  name: web
  labels: {}
  annotations:
    "prometheus.io/scrape": 'true'
spec:
  template:
    spec:
      containers:
      - name: main
        command: ["sh", "-c"]
        args:
          - --port=80
          -
          - "a\\tb"
        image: registry/web:1 
      volumes: []
data:
  config.yaml: |
    # not a comment

    key: value
  kept: |+
    text

last:
`
  expect(parseBlockYaml(text)).toEqual({
    value: {
      apiVersion: 'apps/v1',
      metadata: {name: 'web', labels: {}, annotations: {'prometheus.io/scrape': 'true'}},
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: 'main',
                command: ['sh', '-c'],
                args: ['--port=80', null, 'a\tb'],
                image: 'registry/web:1',
              },
            ],
            volumes: [],
          },
        },
      },
      data: {'config.yaml': '# not a comment\n\nkey: value\n', kept: 'text\n\n'},
      last: null,
    },
  })
})

test.each([
  ['an anchor', 'a: &x 1\nb: *x\n'],
  ['a merge', 'a:\n  <<: *x\n'],
  ['a tag', 'a: !!str 1\n'],
  ['folded text', 'a: >\n  b\n'],
  ['an indentation indicator', 'a: |2\n   b\n'],
  ['a flow collection over several lines', 'a: [b,\n  c]\n'],
  ['a colon in a flow collection', 'a: [b:c]\n'],
  ['a comma too many', 'a: [b, ]\n'],
  ['a key without a value', 'a: {b}\n'],
  ['a scalar over several lines', 'a: b\n  c\n'],
  ['a quoted scalar over several lines', 'a: "b\n  c"\n'],
  ['a complex key', '? a\n: b\n'],
  ['an escape of YAML alone', 'a: "\\x41"\n'],
  ['a tab for indentation', 'a:\n\tb: c\n'],
  ['a prototype', '__proto__: 1\n'],
  ['a text that does not end its line', 'a: b'],
])('leaves %s to the full parser', (_, text) => {
  expect(parseBlockYaml(text)).toBeUndefined()
})

const STYLES = [
  {},
  {indentSeq: false},
  {defaultStringType: 'QUOTE_DOUBLE'},
  {defaultStringType: 'QUOTE_SINGLE'},
  {collectionStyle: 'flow'},
  {blockQuote: 'literal', lineWidth: 0},
] as const

test('whatever it reads, it reads as the full parser does', () => {
  fc.assert(
    fc.property(anyBody, fc.constantFrom(...STYLES), (body, style) => {
      expectAgreement(stringify(body, {...style, version: '1.1'}))
    }),
    {numRuns: 300},
  )
})

test('flow collections as people write them', () => {
  const anyPart = fc.constantFrom(
    '[',
    ']',
    '{',
    '}',
    ',',
    ', ',
    ' ',
    ':',
    ': ',
    'a',
    'b: ',
    '"q"',
    "'s'",
    '1',
    'yes',
    '-',
    '- ',
    '#',
    ' #',
    '10.0.0.1/8',
    '--x',
    '"k": ',
    '"k":',
    '~',
    '&a',
    '*a',
    '!',
    '%',
    '?',
    '|',
    'x y',
  )
  fc.assert(
    fc.property(
      fc.constantFrom('[', '{', '[a, ', '{a: ', '{"a": [', ''),
      fc.array(anyPart, {maxLength: 8}),
      fc.constantFrom(']', '}', ']}', ''),
      (start, parts, end) => {
        expectAgreement(`k: ${start}${parts.join('')}${end}\n`)
      },
    ),
    {numRuns: 3000},
  )
})

test.each([
  ['[ALL]', ['ALL']],
  ['[ a , "b, c" ]  # comment', ['a', 'b, c']],
  ['{port: 80, on: yes, "x": {}}', {port: 80, true: true, x: {}}],
  [
    "[10.64.0.10/32, --config, 'it''s', [], [1.10, 010]]",
    ['10.64.0.10/32', '--config', "it's", [], [1.1, 8]],
  ],
  ['{algorithm: ECDSA, text: two words , none: ~}', {algorithm: 'ECDSA', text: 'two words', none: null}],
])('%s', (flow, value) => {
  expect(parseBlockYaml(`k: ${flow}\n`)).toEqual({value: {k: value}})
})

test('and text that was cut or mixed up does not mislead it', () => {
  const anyLine = fc.constantFrom(
    'a: b',
    '  a: b',
    '- a',
    '- a: 1',
    '  - b',
    '-',
    'a:',
    '  b:',
    '    c: |',
    '      text',
    ' text',
    '',
    '   ',
    '# x',
    'k: "q" # c',
    'k: "q"x',
    "k: 'q' ",
    'k: |-',
    '  - - x',
    '- - y',
    'a : b',
    'a:  b  ',
    'a: -',
    'a: - b',
    '"k": v',
    '...',
    'k: [1, "x"]',
    'k: {"a": 1}',
    'x',
    '- "a": b',
    '- |',
    '   z',
    'a: b: c',
    'a: #c',
    '  []',
    '  {}',
    '    {a: b}',
    '  [] # c',
    '[]',
    '-  a: 1',
    '   b: 2',
  )
  fc.assert(
    fc.property(fc.array(anyLine, {maxLength: 9}), lines => {
      expectAgreement(`${lines.join('\n')}\n`)
    }),
    {numRuns: 3000},
  )
})

function expectAgreement(text: string): void {
  const simple = parseBlockYaml(text)
  if (simple === undefined) return
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    customTags: [{tag: 'tag:yaml.org,2002:plain', default: true, test: MAY_BE_SPECIAL, resolve: plainScalar}],
    uniqueKeys: false,
  })
  expect(documents.flatMap(document => document.errors)).toEqual([])
  expect(simple.value).toEqual(documents.length === 0 ? null : documents[0]?.toJS())
}
