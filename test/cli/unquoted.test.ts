import {expect, test} from 'vitest'
import {unquotedMessage} from '../../src/cli/unquoted.ts'
import {DeployError} from '../../src/errors.ts'

const error = (service: string) =>
  new DeployError('not-found', `find the service ${service}: there is none.`, {hint: 'deploy status'})

test('a message without quotes', () => {
  const argv = ['shop', '-e', 'staging', '-m', 'fix', 'the', 'thing', '--yes']
  expect(unquotedMessage(error('the'), argv)).toMatchObject({
    exitKind: 'not-found',
    hint: "Put a message of several words in quotes: -m 'fix the thing'.",
  })
})

test.each([
  ['shpo', ['shpo', '-m', 'fix']],
  ['the', ['the', 'shop', '-e', 'staging']],
])('%s: an unknown service is no message', (service, argv) => {
  expect(unquotedMessage(error(service), argv).message).toContain(service)
  expect(unquotedMessage(error(service), argv)).toMatchObject({hint: 'deploy status'})
})
