import {randomBytes} from 'node:crypto'
import {chmod, mkdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Write a file that only its owner may read, whole or not at all. */
export async function writePrivate(path: string, text: string, mode = 0o600): Promise<void> {
  await mkdir(dirname(path), {recursive: true, mode: 0o700})
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`
  try {
    await writeFile(temporary, text, {mode})
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, {force: true}).catch(() => {})
    throw error
  }
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

/** What an earlier run of this user has kept; nothing where there is none, or where others may have written it. */
export async function readKeptText(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined)
  const isOurs = found !== undefined && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0
  return isOurs ? readFile(path, 'utf8') : undefined
}

/** Keep something for the next run; not in a home that is another person's (behind sudo), who could not write there any more. */
export async function keepText(path: string, text: string): Promise<void> {
  if (await isOwnPlace(dirname(path))) await writePrivate(path, text)
}

async function isOwnPlace(directory: string): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined)
  if (found !== undefined) return found.uid === process.geteuid?.()
  return dirname(directory) !== directory && isOwnPlace(dirname(directory))
}
