import {stat} from 'node:fs/promises'
import {dirname} from 'node:path'

/** Whether what stands in a file was written by this user, and by nobody else. */
export async function isOwnFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && found.uid === process.geteuid?.() && (found.mode & 0o022) === 0
}

/** Whether a directory, or where it would be made, is this user's: behind sudo the home may be another person's, who could not write there any more. */
export async function isOwnPlace(directory: string): Promise<boolean> {
  const found = await stat(directory).catch(() => undefined)
  if (found !== undefined) return found.uid === process.geteuid?.()
  return dirname(directory) !== directory && isOwnPlace(dirname(directory))
}
