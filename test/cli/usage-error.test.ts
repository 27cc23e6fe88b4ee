import {expect, test} from 'vitest'
import {usageError} from '../../src/cli/usage-error.ts'

const command = {name: 'diff', flags: ['env', 'detailed-exitcode', 'context'], argv: []}
const see = 'deploy diff --help shows what there is.'

test.each([
  [
    'The following error occurred:\n  Missing required flag env\nSee more help with --help',
    '--env is missing.',
    'Say where: -e staging, -e production or -e all.',
  ],
  [
    'Nonexistent flag: --detailed-exitcod\nSee more help with --help',
    'there is no flag --detailed-exitcod.',
    `Did you mean --detailed-exitcode? ${see}`,
  ],
  ['Flag --version expects a value\nSee more help with --help', '--version needs a value behind it.', see],
  ['Nonexistent flag: --banana\nSee more help with --help', 'there is no flag --banana.', see],
  [
    'Parsing --context \n\tExpected an integer but received: abc\nSee more help with --help',
    '--context abc: that is no whole number.',
    see,
  ],
  [
    'Unexpected argument: b\nSee more help with --help',
    'nothing is expected where it says b.',
    `An environment is named with -e; one command is for one service. ${see}`,
  ],
  [
    'Unexpected argument: staging\nSee more help with --help',
    'nothing is expected where it says staging.',
    'Did you mean -e staging?',
  ],
  ['Expected --output=yaml to be one of: json, text', '--output yaml: it is one of json, text.', see],
  [
    'The following errors occurred:\n  --a=true cannot also be provided when using --b\n  All of these\nSee more help with --help',
    '--a does not go together with --b\n  All of these',
    see,
  ],
])('%j', (message, told, hint) => {
  const error = usageError(new Error(message), command)
  expect(error.message).toBe(`read the command line: ${told}`)
  expect(error).toMatchObject({exitKind: 'usage', hint})
})

test('a word that looks like an environment, where none was named', () => {
  const error = usageError(new Error('Missing required flag env'), {...command, argv: ['shop', 'staging']})
  expect(error.hint).toBe('Did you mean -e staging?')
})
