import {randomUUID} from 'node:crypto'
import {mkdir, open, readFile, rename, stat, symlink, writeFile} from 'node:fs/promises'
import {delimiter, dirname, join} from 'node:path'
import {findProgram} from './find-program.ts'

/**
 * What earlier runs learnt of the helms on this host, so that this one need not ask again: what each says of its version, and which one
 * a helmfile named. It is kept beside the other caches of this user; without it everything is only slower.
 */
export type KnownHelms = {
  /** The search path with stand-ins before it, which answer `helm version` as the real ones did and pass on everything else. */
  pathWithStandIns(searchPath: string): Promise<string>
  /** What this very program said of its version. */
  versionOf(path: string): Promise<string | undefined>
  keepVersion(path: string, version: string): void
  /** The name of the helm that was wanted there last. */
  namedFor(place: string): Promise<string | undefined>
  keepName(place: string, name: string): void
  /** Once everything is written that is to be kept. */
  close(): Promise<void>
}

/** Any other program under its path has another one. */
type Identity = {size: number; inode: number; changedMs: number}
type Kept = {
  versions: Record<string, Identity & {version: string}>
  names: Record<string, string>
}

/**
 * @param file what is kept; it may be missing
 * @param standIn the script that stands in for a helm
 * @param into private directory of this run, for its stand-ins
 */
export function openKnownHelms(file: string, standIn: string, into: string): KnownHelms {
  const reading = readKept(file)
  const paths = new Map<string, Promise<string>>()
  const versionOf = async (path: string) => {
    const known = (await reading).versions[path]
    if (known === undefined) return undefined
    const now = await identityOf(path)
    return now !== undefined && isSame(known, now) ? known.version : undefined
  }
  const makeStandIns = async (searchPath: string): Promise<string> => {
    const directory = join(into, `helms-${paths.size}`)
    const names = new Set(Object.values((await reading).names))
    const made = await Promise.all([...names].map(name => makeStandIn(name, searchPath, directory)))
    return made.includes(true) ? `${directory}${delimiter}${searchPath}` : searchPath
  }
  const makeStandIn = async (name: string, searchPath: string, directory: string): Promise<boolean> => {
    const path = name.includes('/') ? undefined : await findProgram(name, searchPath)
    const version = path && (await versionOf(path))
    if (path === undefined || version === undefined) return false
    await mkdir(directory, {recursive: true, mode: 0o700})
    await writeFile(join(directory, `${name}.known`), `${path}\n${version}\n`, {mode: 0o600})
    await symlink(standIn, join(directory, name))
    return true
  }
  let keeping: Promise<unknown> = reading
  const keep = (change: (kept: Kept) => Promise<boolean>) => {
    keeping = keeping.then(async () => {
      const kept = await readKept(file)
      if (await change(kept)) await writeKept(file, kept)
    })
  }
  return {
    pathWithStandIns(searchPath) {
      const known = paths.get(searchPath) ?? makeStandIns(searchPath).catch(() => searchPath)
      paths.set(searchPath, known)
      return known
    },
    versionOf,
    keepVersion: (path, version) =>
      keep(async ({versions}) => {
        const identity = await identityOf(path)
        if (identity !== undefined) versions[path] = {...identity, version}
        return identity !== undefined
      }),
    namedFor: async place => (await reading).names[place],
    keepName: (place, name) =>
      keep(async ({names}) => {
        const isNew = names[place] !== name
        names[place] = name
        return isNew
      }),
    close: async () => {
      await keeping
    },
  }
}

// What a script runs may change without it.
async function identityOf(path: string): Promise<Identity | undefined> {
  try {
    const {size, ino, ctimeMs} = await stat(path)
    const file = await open(path)
    const {buffer} = await file.read(Buffer.alloc(2), 0, 2, 0).finally(() => file.close())
    return buffer.toString() === '#!' ? undefined : {size, inode: ino, changedMs: ctimeMs}
  } catch {
    return undefined
  }
}

function isSame(one: Identity, other: Identity): boolean {
  return one.size === other.size && one.inode === other.inode && one.changedMs === other.changedMs
}

async function readKept(file: string): Promise<Kept> {
  try {
    const {versions, names} = JSON.parse(await readFile(file, 'utf8')) as Partial<Kept>
    return {versions: {...versions}, names: {...names}}
  } catch {
    return {versions: {}, names: {}}
  }
}

// Two runs may end at once: nobody reads half of it, and what one of them loses is found out again.
async function writeKept(file: string, kept: Kept): Promise<void> {
  const written = `${file}.${randomUUID()}`
  try {
    await mkdir(dirname(file), {recursive: true, mode: 0o700})
    await writeFile(written, JSON.stringify(kept), {mode: 0o600})
    await rename(written, file)
  } catch {
    // A host without a home is one where it cannot be kept.
  }
}
