import {expect, test} from 'vitest'
import type {ManualFlag} from '../../src/view/manual.ts'
import {manualPage} from '../../src/view/manual-page.ts'

const flag = (name: string, about: string, more: Partial<ManualFlag> = {}): ManualFlag => ({
  name,
  char: undefined,
  about,
  value: undefined,
  isRequired: false,
  isRepeatable: false,
  hasOpposite: false,
  options: [],
  default: undefined,
  env: undefined,
  group: undefined,
  ...more,
})

test('a manual page at 80 columns', async () => {
  const page = manualPage(
    {
      words: ['paint'],
      summary: 'Paint a wall: look, ask, paint, and take the paint off again when it is the wrong one',
      description: 'Walls are found\nin the house.\n\nThe order is:\n  first the ceiling\n  then the wall',
      usage: [],
      args: [{name: 'wall', about: 'which one', isRequired: false, options: []}],
      isVariadic: true,
      flags: [
        flag('room', 'where', {char: 'r', value: 'ROOM', isRequired: true, isRepeatable: true}),
        flag(
          'with-a-very-long-name',
          'is explained below, since its own name leaves no room for that beside it',
          {
            value: 'SOMETHING',
          },
        ),
        flag('yes', 'do not ask', {char: 'y'}),
        flag('output', 'the form of the answer', {
          char: 'o',
          value: 'json|text',
          options: ['json', 'text'],
          default: 'text',
          group: 'OUTPUT',
        }),
        flag('chdir', 'where the house is', {value: 'DIR', env: 'DEPLOY_CHDIR', group: 'GLOBAL'}),
        flag('color', 'colour', {hasOpposite: true, group: 'GLOBAL'}),
      ],
      examples: [
        {command: 'deploy paint north', about: undefined},
        {command: 'deploy paint north --yes', about: 'Without a question'},
      ],
      exits: [],
      seeAlso: ['status', 'rollout.md'],
    },
    {columns: 80, heading: text => text, docs: '/srv/deploy/docs'},
  )
  await expect(page).toMatchFileSnapshot('golden/manual.txt')
})
