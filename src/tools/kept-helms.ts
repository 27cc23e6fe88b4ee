import * as v from 'valibot'
import type {HelmIdentity} from './helm-identity.ts'
import {keepText, readKeptText} from './own-files.ts'

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
    const text = await readKeptText(file)
    if (text !== undefined) return v.parse(KEPT, JSON.parse(text))
  } catch {
    // It is made anew.
  }
  return {versions: {}, names: {}}
}

// Two runs may end at once: nobody reads half of it, and what one of them loses is found out again.
export async function writeKept(file: string, kept: Kept): Promise<void> {
  const {versions, names} = kept
  // A host without a home is one where it cannot be kept.
  await keepText(file, JSON.stringify({versions: newest(versions), names: newest(names)})).catch(() => {})
}

/** More than any host has; a checkout that is made anew each time has another path. */
const MOST = 300

function newest<Value>(entries: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(entries).slice(-MOST))
}
