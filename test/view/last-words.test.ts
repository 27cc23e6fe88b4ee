import {expect, test} from 'vitest'
import {lastWords} from '../../src/view/last-words.ts'

const release = (namespace: string) => ({namespace, name: 'main'})

function wordsOf(...namespaces: readonly string[]) {
  const words = lastWords()
  words.hear({kind: 'run-started', runId: '1', service: 'shop', environments: ['eqiad']})
  for (const namespace of namespaces)
    words.hear({kind: 'release-started', stage: 'eqiad', release: release(namespace)})
  return words
}

test('what is back is told apart from a release of the same name in another namespace', () => {
  const words = wordsOf('a', 'b')
  words.hear({kind: 'release-restored', stage: 'eqiad', release: release('a'), toRevision: 1})
  expect(words.text()?.match(/eqiad: main/g)).toHaveLength(1)
  words.hear({kind: 'release-restored', stage: 'eqiad', release: release('b'), toRevision: 1})
  expect(words.text()).toBeUndefined()
})

test('what was changed is undone with deploy itself', () => {
  expect(wordsOf('a').text()).toBe(`
Stopped at once.
Changed and not taken back:
  eqiad: main
To undo all of it: deploy abort shop
What stands where: deploy status shop
`)
})

test('what goes back is not called changed, and what is back is not named', () => {
  const words = wordsOf('a', 'b')
  words.hear({kind: 'release-started', stage: 'codfw', release: release('a')})
  words.hear({kind: 'fallback-started', stage: 'eqiad', steps: 2, reason: 'interrupted'})
  words.hear({kind: 'release-restored', stage: 'eqiad', release: release('a'), toRevision: 1})
  expect(words.text()).toBe(`
Stopped at once, while it went back.
Changed and not taken back:
  codfw: main
On its way back:
  eqiad: main
To undo all of it: deploy abort shop
What stands where: deploy status shop
`)
})
