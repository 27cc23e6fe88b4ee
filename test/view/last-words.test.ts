import {expect, test} from 'vitest'
import {lastWords} from '../../src/view/last-words.ts'

test('what is back is told apart from a release of the same name in another namespace', () => {
  const words = lastWords()
  const release = (namespace: string) => ({namespace, name: 'main'})
  words.hear({kind: 'release-started', stage: 'eqiad', release: release('a')})
  words.hear({kind: 'release-started', stage: 'eqiad', release: release('b')})
  words.hear({kind: 'release-restored', stage: 'eqiad', release: release('a'), toRevision: 1})
  expect(words.text()?.match(/eqiad: main/g)).toHaveLength(1)
  words.hear({kind: 'release-restored', stage: 'eqiad', release: release('b'), toRevision: 1})
  expect(words.text()).toBeUndefined()
})
