import {createHmac} from 'node:crypto'
import fc from 'fast-check'
import {expect, test} from 'vitest'
import {compareObjects} from '../../src/diff/changes.ts'
import {collectSecretValues, makeMask, maskText, redactObjects} from '../../src/diff/redact.ts'
import {valuesAtPlaces} from '../../src/diff/same-place.ts'
import {privateValuesOf} from '../../src/diff/secret-values.ts'
import {anObject} from './objects.ts'

/** Stands in for a keyed digest. */
const digest = (value: string) => createHmac('sha256', 'key').update(value).digest('hex')
const base64 = (text: string) => Buffer.from(text).toString('base64')

test('a value is masked so that a change of it is seen, in data and in stringData alike', () => {
  const before = redactObjects([anObject('Secret', {data: {password: base64('hunter2-hunter2')}})], digest)
  const after = redactObjects([anObject('Secret', {data: {password: base64('hunter3-hunter3')}})], digest)
  const [change] = compareObjects(before, after, {contextLines: 0})
  expect(change?.diff).toBe(
    `@@ -3,1 +3,1 @@ data.password\n-  password: "<hidden, 15 bytes, #${digest('hunter2-hunter2').slice(0, 8)}>"\n+  password: "<hidden, 15 bytes, #${digest('hunter3-hunter3').slice(0, 8)}>"`,
  )
  const plain = redactObjects([anObject('Secret', {stringData: {password: 'hunter2-hunter2'}})], digest)
  expect(plain[0]?.body.stringData).toEqual(before[0]?.body.data)
})

test('other objects are left as they are', () => {
  const object = anObject('ConfigMap', {data: {a: 'b'}})
  expect(redactObjects([object], digest)).toEqual([object])
})

test("kubectl's copy of a Secret in its annotations is masked too; what is empty stays", () => {
  const annotations = {note: 'kept', 'kubectl.kubernetes.io/last-applied-configuration': '{"data":…}'}
  const secret = anObject('Secret', {
    metadata: {name: 'x', annotations},
    data: null,
    stringData: {a: null, b: 1},
  })
  const [masked] = redactObjects([secret], digest)
  expect(masked?.body.metadata.annotations.note).toBe('kept')
  expect(JSON.stringify(masked?.body)).not.toContain('"data":…')
  expect(masked?.body.data).toBeNull()
  expect(masked?.body.stringData.a).toMatch(/^<hidden, 0 bytes/)
})

test('the values of Secrets are collected as written and decoded, short ones left out', () => {
  const objects = [
    anObject('Secret', {
      data: {a: base64('a-long-password'), b: base64('short')},
      stringData: {c: 'plain-password'},
    }),
    anObject('ConfigMap', {data: {d: 'not a secret at all'}}),
  ]
  expect(collectSecretValues(objects)).toEqual([
    base64('a-long-password'),
    'a-long-password',
    base64('short'),
    'plain-password',
  ])
})

test('of a configuration file in a Secret, the parts that are secret are collected as well', () => {
  const file = `listen: 0.0.0.0:8080
log_level: information
db:
  url: postgres://app:s3cr3t-pw@db.example/app
  password: "correct horse battery"
api-token=abcdefgh12345678
`
  const values = collectSecretValues([anObject('Secret', {stringData: {'config.yaml': file}})])
  expect(values).toContain('s3cr3t-pw')
  expect(values).toContain('correct horse battery')
  expect(values).toContain('abcdefgh12345678')
  expect(values).not.toContain('information')
})

test('private files: every value, as it is written', () => {
  const file =
    'a: ["12345678", 087654321, short, true, null]\nb: &b\n  c: a secret text\nd: *b\n---\ne: >-\n  one\n  two\n'
  expect(privateValuesOf(file).values).toEqual(['12345678', '087654321', 'a secret text'])
})

test('of a private file that is broken, every line and what is assigned in it', () => {
  expect(privateValuesOf('token: "abcdefgh"\n  bad: [indented\n').values).toEqual([
    'token: "abcdefgh"',
    'abcdefgh',
    '  bad: [indented',
    '[indented',
  ])
})

test('of a kubeconfig, what proves who one is', () => {
  const text =
    'kind: Config\nclusters: [{cluster: {server: "https://api.example:6443"}}]\nusers: [{user: {token: abc.def.ghi}}]\n'
  expect(privateValuesOf(text).values).toEqual(['abc.def.ghi'])
})

test('a private value in any other object is masked there, and a change of it is seen', () => {
  const deployment = (password: string) => [
    anObject('Deployment', {
      spec: {env: [{name: 'DB', value: `mysql://app:${password}@db/app`}], port: 8080},
    }),
  ]
  const mask = makeMask(['hunter2-hunter2', 'hunter3-hunter3'])
  const before = redactObjects(deployment('hunter2-hunter2'), digest, mask)
  const after = redactObjects(deployment('hunter3-hunter3'), digest, mask)
  const shown = JSON.stringify(compareObjects(before, after, {contextLines: 0}))
  expect(shown).toMatch(/mysql:\/\/app:<hidden, 15 bytes, #[0-9a-f]{8}>@db\/app/)
  expect(shown).not.toMatch(/hunter/)
})

test.each([
  ['as it is', 'failed with password=p4ssw0rd-"x"/y!'],
  ['escaped in JSON', 'body {"password":"p4ssw0rd-\\"x\\"/y"}'],
  ['in a URL', 'GET /?password=p4ssw0rd-%22x%22%2Fy'],
  ['in a form', 'GET /?password=p4ssw0rd-%22x%22%2fy'],
  ['in base64', `Secret data: ${base64('p4ssw0rd-"x"/y')}`],
  ['inside a longer base64 text', `Authorization: Basic ${base64('user1:p4ssw0rd-"x"/y and more')}`],
])('a value %s is masked in foreign text', (_, text) => {
  const masked = maskText(text, ['p4ssw0rd-"x"/y'])
  expect(masked).toContain('<hidden>')
  expect(masked).not.toMatch(/p4ssw0rd|cDRzc3cw|A0c3N3MHJk|wNHNzdzByZ/)
})

test('a value of several lines is masked however it is indented, in a diff too', () => {
  const value = 'first line\n  second: line\nthird\n'
  expect(maskText('+  key: |\n+    first line\n+      second: line\n+    third\n+  next: 1', [value])).toBe(
    '+  key: |\n+    <hidden>\n+  next: 1',
  )
})

test('what earlier values held in the places of private ones, and beside them', () => {
  const earlier = {
    config: {public: {LEVEL: 'info', DB: 'old-url'}, private: {A: 'old-a', B: 'old-b'}},
    other: 'x',
  }
  const places = {config: {public: {DB: 'new-url'}, private: {A: 'new-a'}}, unused: ['y']}
  const isPublicKey = (key: string) => ['LEVEL', 'other'].includes(key)
  expect(valuesAtPlaces(earlier, places, isPublicKey)).toEqual(['old-url', 'old-a', 'old-b'])
  expect(valuesAtPlaces(earlier, null, isPublicKey)).toEqual([])
  expect(valuesAtPlaces({config: 'no map any more'}, places, isPublicKey)).toEqual([])
})

test.each([
  ['a large number, as Go prints it', '763683714476602', 'PIN:7.63683714476602e+14'],
  ['one that was cut off', 'hunter2-hunter2', 'password=hunter2-hun…'],
  [
    'a long one in lines of 64 characters',
    'x'.repeat(200),
    base64('x'.repeat(200)).replace(/.{64}/g, '$&\n'),
  ],
  ['several lines put on one', 'first line\n  second line', 'said: first line second line'],
  ['what is quoted in YAML', "it's a secret", "key: 'it''s a secret'"],
  ['what Go escapes in JSON', '<secret>&co', '{"key":"\\u003csecret\\u003e\\u0026co"}'],
])('%s is masked', (_, value, text) => {
  const masked = maskText(text, [value])
  expect(masked).toContain('<hidden>')
  expect(masked).not.toMatch(/secret|second|hunter|763|eHh4/)
})

test('a short value is in too many words to be masked', () => {
  expect(maskText('the port is 8080', ['8080', 'the'])).toBe('the port is 8080')
})

const anySecret = fc
  .string({minLength: 8, maxLength: 30, unit: 'binary'})
  .filter(value => value.trim().length >= 8)

test('no value survives in any text, raw or in base64, even where values overlap', () => {
  fc.assert(
    fc.property(
      fc.array(anySecret, {minLength: 1, maxLength: 4}),
      fc.array(fc.string(), {maxLength: 5}),
      (values, words) => {
        const overlapping = values.map((value, index) => value.slice(0, 6) + (values[index + 1] ?? ''))
        const forms = [
          ...values,
          ...overlapping,
          ...values.map(base64),
          ...values.map(value => base64(`user:${value}:x`)),
        ]
        const masked = makeMask(values)(forms.map((form, index) => `${words[index] ?? ''}${form}`).join(' '))
        for (const form of [...values, ...values.map(base64)]) expect(masked).not.toContain(form)
      },
    ),
  )
})

test('no value of a Secret survives in the differences', () => {
  fc.assert(
    fc.property(anySecret, anySecret, (before, after) => {
      const secretOf = (value: string) => [
        anObject('Secret', {data: {a: base64(value)}, stringData: {b: value}}),
      ]
      const shown = JSON.stringify(
        compareObjects(redactObjects(secretOf(before), digest), redactObjects(secretOf(after), digest), {
          contextLines: 3,
        }),
      )
      for (const value of [before, after]) {
        expect(shown).not.toContain(base64(value))
        expect(shown).not.toContain(JSON.stringify(value).slice(1, -1))
      }
    }),
  )
})
