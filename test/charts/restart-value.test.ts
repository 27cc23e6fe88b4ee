import {expect, test} from 'vitest'
import {restartValueOf} from '../../src/charts/restart-value.ts'

const number = {flag: 'state-values-set', word: 'roll_restart=1'}
const text = {flag: 'state-values-set-string', word: 'roll_restart=1'}
const eq = (value: string) =>
  `recreatePods: {{ if hasKey .Environment.Values "roll_restart" }}{{ eq .Environment.Values.roll_restart ${value} }}{{ else }}false{{ end }}\n`

test.each([
  ['a number', eq('1'), number],
  ['a text', eq('"1"'), text],
  ['with a default', '{{- if eq (.Environment.Values | get "roll_restart" 0) 1 }}', number],
  ['a text with a default', '{{- if eq (.Environment.Values | get "roll_restart" "0") "1" -}}', text],
  ['the other way round is not known', '{{ eq 1 .Environment.Values.roll_restart }}', undefined],
  [
    'in a comment alone',
    '# helmfile --state-values-set roll_restart=1\n# {{ eq .Values.roll_restart 1 }}',
    undefined,
  ],
  ['only that it is there', '{{ if hasKey .Environment.Values "roll_restart" }}', undefined],
  ['twice', eq('1') + eq('1'), number],
  ['both', eq('1') + eq('"1"'), 'mixed'],
  ['another number', eq('10'), undefined],
])('%s', (_, written, expected) => {
  expect(restartValueOf(written)).toEqual(expected)
})
