import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {environmentsIn, releasesIn, versionsIn} from '../../src/charts/helmfile-text.ts'

const services = join(import.meta.dirname, '..', '..', 'deployment-charts-example', 'helmfile.d', 'services')
const read = (...path: string[]) => readFileSync(join(services, ...path), 'utf8')

test('the environments and releases of a helmfile of the example', () => {
  expect(environmentsIn(read('shop', 'helmfile.yaml'))).toEqual(['staging', 'eqiad', 'codfw'])
  expect(releasesIn(read('shop', 'helmfile.yaml'))).toEqual(['canary', 'main'])
  expect(versionsIn(read('shop', 'values.yaml'))).toEqual(['2026-10-08-141530-production'])
})

test('anchors, quotes, comments and templates beside the names', () => {
  const text = `environments:
  # the usual ones
  "staging": &staging
    values: [{releases: [main]}]
{{- if eq 1 1 }}
  dse-k8s-eqiad:
    <<: *staging
{{- end }}
releases:
- name: main # first
  chart: x
- name: {{ .Release.Name }}
- chart: x
  name: 'canary'
helmDefaults:
  - name: not-a-release
`
  expect(environmentsIn(text)).toEqual(['staging', 'dse-k8s-eqiad'])
  expect(releasesIn(text)).toEqual(['main', 'canary'])
})

test('a file with neither', () => {
  expect(environmentsIn('helmBinary: helm3.19\n')).toEqual([])
  expect(releasesIn('')).toEqual([])
})

test.each([
  ['version: v1.2.3', ['v1.2.3']],
  ['image_version: "1.35.9-1" # debian', ['1.35.9-1']],
  ['  tag: &tag 2026-11-20-093000-production', ['2026-11-20-093000-production']],
  ['version: *tag', []],
  ['version: latest', []],
])('%s holds the versions %j', (text, versions) => {
  expect(versionsIn(text)).toEqual(versions)
})
