import {expect, test} from 'vitest'
import {inFullCommand, withVersion} from '../../src/cli/in-full-command.ts'

const EQIAD = {env: ['eqiad'], given: []}

test.each([
  [EQIAD, 'deploy diff shop -e eqiad'],
  [withVersion({...EQIAD, version: undefined}, 'T4'), 'deploy diff shop -e eqiad --version T4'],
  [{...EQIAD, selector: ['name=canary']}, 'deploy diff shop -e eqiad -l name=canary'],
  [{...EQIAD, given: [{flag: 'set', word: 'a=1'} as const]}, 'deploy diff shop -e eqiad --set a=1'],
  [{...EQIAD, verb: 'rollback', to: '3'} as const, 'deploy rollback shop -e eqiad --to 3 --dry-run'],
  [
    {...EQIAD, verb: 'rollback', 'image-only': true} as const,
    'deploy rollback shop -e eqiad --image-only --dry-run',
  ],
  [{...EQIAD, env: ['all'], verb: 'resume'} as const, 'deploy resume shop --dry-run'],
  [{...EQIAD, verb: 'abort', run: '2026'} as const, 'deploy abort shop -e eqiad --run 2026 --dry-run'],
])('what shows the same plan whole: %#', (flags, command) => {
  expect(inFullCommand('shop', flags).command).toBe(command)
})
