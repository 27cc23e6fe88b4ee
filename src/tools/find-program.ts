import {access, constants} from 'node:fs/promises'
import {delimiter, isAbsolute, join} from 'node:path'

const found = new Map<string, Promise<string | undefined>>()

/** The absolute path of a program, or nothing; looked for once. */
export function findProgram(name: string, searchPath: string): Promise<string | undefined> {
  const key = `${name}\0${searchPath}`
  const finding = found.get(key) ?? lookFor(name, searchPath)
  found.set(key, finding)
  return finding
}

async function lookFor(name: string, searchPath: string): Promise<string | undefined> {
  const candidates = isAbsolute(name)
    ? [name]
    : searchPath.split(delimiter).map(directory => join(directory, name))
  for (const candidate of candidates) {
    const isThere = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (isThere) return candidate
  }
  return undefined
}
