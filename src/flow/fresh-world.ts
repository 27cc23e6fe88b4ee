import {mkdir, mkdtemp} from 'node:fs/promises'
import {join} from 'node:path'
import type {World} from './world.ts'

/** The same world with a directory of its own in the run's: what is read anew is not mixed with what was read before. */
export async function freshWorld(world: World): Promise<World> {
  const runDirectory = await mkdtemp(join(world.runDirectory, 'again-'))
  await mkdir(join(runDirectory, 'tmp'), {mode: 0o700})
  return {...world, runDirectory, helmfileStates: new Map()}
}
