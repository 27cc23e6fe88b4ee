import {DeployError} from '../errors.ts'

/**
 * Words behind `-m WORD` are taken for services: where there is none of such a name, the message was most likely not quoted.
 * @returns the same error, or one that says so
 */
export function unquotedMessage(error: Error, argv: readonly string[]): Error {
  const flag = argv.findIndex(word => word === '-m' || word === '--message')
  const following = flag < 0 ? [] : argv.slice(flag + 1)
  const end = following.findIndex(word => word.startsWith('-'))
  const words = end < 0 ? following : following.slice(0, end)
  const isAboutOne = words.slice(1).some(word => error.message.startsWith(`find the service ${word}:`))
  if (!(error instanceof DeployError) || !isAboutOne) return error
  return new DeployError(error.exitKind, error.message, {
    hint: `Put a message of several words in quotes: ${argv[flag]} '${words.join(' ')}'.`,
  })
}
