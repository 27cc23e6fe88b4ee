import {expect, test} from 'vitest'
import {globalsLast} from '../../src/cli/main.ts'

test.each([
  [
    ['--sandbox', 'status', 'shop'],
    ['status', 'shop', '--sandbox'],
  ],
  [
    ['--no-color', '--sandbox', 'logs', '--', 'x'],
    ['logs', '--no-color', '--sandbox', '--', 'x'],
  ],
  [
    ['--sandbox', '-e', 'eqiad'],
    ['--sandbox', '-e', 'eqiad'],
  ],
  [['--sandbox'], ['--sandbox']],
  [
    ['status', '--sandbox'],
    ['status', '--sandbox'],
  ],
])('%j is read as %j', (typed, read) => {
  expect(globalsLast(typed)).toEqual(read)
})
