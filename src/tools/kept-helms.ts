import {randomUUID} from 'node:crypto'
import {mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises'
import {dirname} from 'node:path'
import * as v from 'valibot'
import type {HelmIdentity} from './helm-identity.ts'
import {isOwnFile, isOwnPlace} from './own-files.ts'

/** What is known of helms, by their paths, and which one was named where. */
export type Kept = {
  versions: Record<string, HelmIdentity & {version: string}>
  names: Record<string, string>
}

const KEPT = v.object({
  versions: v.record(
    v.string(),
    v.object({size: v.number(), inode: v.number(), changedMs: v.number(), version: v.string()}),
  ),
  names: v.record(v.string(), v.pipe(v.string(), v.regex(/^[^/]+$/))),
})

/** What cannot be read, or others may have written, is nothing. */
export async function readKept(file: string): Promise<Kept> {
  try {
    if (await isOwnFile(file)) return v.parse(KEPT, JSON.parse(await readFile(file, 'utf8')))
  } catch {
    // It is made anew.
  }
  return {versions: {}, names: {}}
}

// Two runs may end at once: nobody reads half of it, and what one of them loses is found out again.
export async function writeKept(file: string, kept: Kept): Promise<void> {
  const written = `${file}.${randomUUID()}`
  try {
    if (!(await isOwnPlace(dirname(file)))) return
    await mkdir(dirname(file), {recursive: true, mode: 0o700})
    const {versions, names} = kept
    await writeFile(written, JSON.stringify({versions: newest(versions), names: newest(names)}), {
      mode: 0o600,
    })
    await rename(written, file)
  } catch {
    // A host without a home is one where it cannot be kept.
    await rm(written, {force: true}).catch(() => {})
  }
}

/** More than any host has; a checkout that is made anew each time has another path. */
const MOST = 300

function newest<Value>(entries: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).slice(-MOST))
}
