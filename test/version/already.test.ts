import {expect, test} from 'vitest'
import type {TreeFacts} from '../../src/plan/facts.ts'
import {alreadyText} from '../../src/version/already.ts'
import {cleanTree} from '../plan/facts.ts'

const said = (state: TreeFacts['state']) =>
  alreadyText({...cleanTree, state}, {group: 'services', name: 'shop'})

test('git is said to hold it only where it does', () => {
  expect(said({kind: 'clean'})).toBe('git holds that version already: nothing to write.')
  expect(said({kind: 'not-git'})).toBe('The values have that version already: nothing to write.')
  expect(said({kind: 'off-upstream', detail: '1 ahead'})).toMatch(/not published yet.*1 ahead/)
  const file = 'helmfile.d/services/shop/values.yaml'
  expect(said({kind: 'dirty', files: ['README.md', file]})).toMatch(
    new RegExp(`Commit and publish it: git -C \\S+ commit -m "…" -- ${file}$`),
  )
  expect(said({kind: 'dirty', files: ['README.md']})).not.toContain('git')
})
