import fc from 'fast-check'
import {expect, test} from 'vitest'
import {parseManifest} from '../../src/diff/manifests.ts'
import {yamlLines, yamlText} from '../../src/diff/yaml-lines.ts'
import {anyBody} from './any-yaml.ts'

test('keys are sorted, sequences stand under their key, texts that look like something else are quoted', () => {
  const body = {
    b: [{name: 'x', args: ['-v', 'yes', '010']}, [1, [2]]],
    a: {text: 'one\n\ntwo\n', bare: 'one\ntwo', kept: 'x\n\n', empty: '', none: null, list: [], map: {}},
  }
  expect(yamlText(body)).toBe(`a:
  bare: |-
    one
    two
  empty: ""
  kept: |+
    x

  list: []
  map: {}
  none: null
  text: |
    one

    two
b:
- args:
  - -v
  - "yes"
  - "010"
  name: x
- - 1
  - - 2
`)
})

test('every line knows the field it belongs to', () => {
  const lines = yamlLines({spec: {containers: [{name: 'main', image: 'x'}]}, data: {'config.yaml': 'a\nb\n'}})
  expect(lines.map(line => line.path)).toEqual([
    'data',
    'data[config.yaml]',
    'data[config.yaml]',
    'data[config.yaml]',
    'spec',
    'spec.containers',
    'spec.containers[main].image',
    'spec.containers[main].name',
  ])
})

test('what is printed is read back as the same object', () => {
  fc.assert(
    fc.property(anyBody, body => {
      const [object] = parseManifest(yamlText({kind: 'Any', body}), 'default')
      expect(object?.body).toEqual({kind: 'Any', body})
    }),
    {numRuns: 300},
  )
})
