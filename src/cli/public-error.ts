import {DeployError} from '../errors.ts'
import type {World} from '../flow/world.ts'
import {type PublicWorld, withPublicPaths} from './public-paths.ts'

/** The same error, fit to be read: no private value in it, and the charts repository's own files for the run's copies. */
export async function publicError(
  error: Error,
  world: Pick<World, 'secrecy' | 'privateFiles'> & PublicWorld,
): Promise<Error> {
  await world.privateFiles.catch(() => {})
  const readable = (text: string) => withPublicPaths(world.secrecy.mask(text), world)
  error.message = readable(error.message)
  if (error.stack !== undefined) error.stack = readable(error.stack)
  if (error instanceof DeployError && error.hint !== undefined) error.hint = readable(error.hint)
  return error
}
