import {open, realpath, stat} from 'node:fs/promises'
import {basename} from 'node:path'

/** Any other program under its path has another one. */
export type HelmIdentity = {size: number; inode: number; changedMs: number}

/**
 * Of a program that is helm itself. A script, or a program of another name that a link leads to (as snap and mise have them), may run
 * another helm tomorrow: none of those.
 */
export async function identityOf(path: string): Promise<HelmIdentity | undefined> {
  try {
    if (!basename(await realpath(path)).startsWith('helm')) return undefined
    const {size, ino, ctimeMs} = await stat(path)
    return (await isScript(path)) ? undefined : {size, inode: ino, changedMs: ctimeMs}
  } catch {
    return undefined
  }
}

export function isSame(one: HelmIdentity, other: HelmIdentity): boolean {
  return one.size === other.size && one.inode === other.inode && one.changedMs === other.changedMs
}

async function isScript(path: string): Promise<boolean> {
  const file = await open(path)
  const {buffer} = await file.read(Buffer.alloc(2), 0, 2, 0).finally(() => file.close())
  return buffer.toString() === '#!'
}
