import {expect, test} from 'vitest'
import {objectKey, parseManifest} from '../../src/diff/manifests.ts'

test('an object carries its file, and its namespace even if the chart did not write one', () => {
  const objects = parseManifest(
    `---
# Source: citoid/templates/service.yaml
apiVersion: v1
kind: Service
metadata:
  name: citoid
---
# Source: citoid/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: citoid, namespace: elsewhere}
`,
    'citoid',
  )
  expect(objects.map(object => [object.kind, object.namespace, object.source, objectKey(object)])).toEqual([
    ['Service', 'citoid', 'citoid/templates/service.yaml', '/Service/citoid/citoid'],
    ['Deployment', 'elsewhere', 'citoid/templates/deployment.yaml', 'apps/Deployment/elsewhere/citoid'],
  ])
})

test('documents without a kind are left out, lists are taken apart', () => {
  const text = `# only a comment
---
---  # an empty one
just text
---
kind: ConfigMapList
items:
- {kind: ConfigMap, metadata: {name: a}}
- {kind: ConfigMap, metadata: {name: b}}
`
  expect(parseManifest(text, 'x').map(object => object.name)).toEqual(['a', 'b'])
})

test('anchors, merges, folded text and octal modes are read as helm reads them', () => {
  const [object] = parseManifest(
    `kind: Any
base: &base {mode: 0644, on: yes}
copy:
  <<: *base
  at: 12:30
text: >-
  one
  two
`,
    'x',
  )
  expect(object?.body).toEqual({
    kind: 'Any',
    base: {mode: 420, true: true},
    copy: {mode: 420, true: true, at: '12:30'},
    text: 'one two',
  })
})

test('a line of dashes inside a text starts no new document', () => {
  const [object, ...others] = parseManifest('kind: ConfigMap\ndata:\n  a: |\n    ---\n    b\n', 'x')
  expect([object?.body.data.a, others]).toEqual(['---\nb\n', []])
})

test('text that is no YAML is an error that names the file', () => {
  const broken = '---\n# Source: citoid/templates/x.yaml\nkind: [Service\n'
  expect(() => parseManifest(broken, 'x')).toThrow(/citoid\/templates\/x\.yaml/)
})

test('a key that is another version of the same group names the same object', () => {
  const old = {apiVersion: 'batch/v1beta1', kind: 'CronJob', namespace: 'a', name: 'b'}
  expect(objectKey(old)).toBe(objectKey({...old, apiVersion: 'batch/v1'}))
})

test('what cannot be read is named by its place, and not quoted: it may be a Secret', () => {
  const text =
    '# Source: shop/templates/secret.yaml\nkind: Secret\nstringData:\n  password: "hunter2\n bad: [\n'
  expect(() => parseManifest(text, 'shop')).toThrow(/^read .*at line \d+, column \d+$/)
  expect(() => parseManifest(text, 'shop')).not.toThrow(/hunter2/)
})
