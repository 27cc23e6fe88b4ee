import {randomBytes} from 'node:crypto'
import {chmod, mkdir, readFile, rename, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Write a file that only its owner may read, whole or not at all. */
export async function writePrivate(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), {recursive: true, mode: 0o700})
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`
  await writeFile(temporary, text, {mode})
  await rename(temporary, path)
}

/** Write a file only when there is none: what a person changed there stays. Who may read it is as asked in any case. */
export async function writeIfMissing(path: string, text: string, mode = 0o600): Promise<void> {
  if ((await readIfPresent(path)) === undefined) await writePrivate(path, text, mode)
  else await chmod(path, mode)
}

/** The text of a file, or undefined when there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
