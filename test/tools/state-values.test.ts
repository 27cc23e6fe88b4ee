import {expect, test} from 'vitest'
import {parseSettings} from '../../src/charts/parse-settings.ts'
import {mergeSettings} from '../../src/charts/settings.ts'
import {shownStateFiles} from '../../src/tools/state-values.ts'

test('state values are shown without those whose name says that they are secret', () => {
  const text = 'stateValues: {a: 1, apiToken: x}\nenvironments: {eqiad: {stateValues: {db: {password: y}}}}\n'
  const settings = mergeSettings([parseSettings(text, 'deploy.yaml')])
  expect(shownStateFiles(settings)).toEqual([
    {name: 'state-values-everywhere.yaml', content: '{"a":1,"apiToken":"<hidden>"}\n'},
    {
      name: 'state-values-0.yaml',
      content: '{"a":1,"apiToken":"<hidden>","db":{"password":"<hidden>"}}\n',
    },
  ])
})
