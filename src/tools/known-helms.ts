import {mkdir, symlink, writeFile} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {findProgram} from './find-program.ts'
import {type HelmIdentity, identityOf, isSame} from './helm-identity.ts'
import {type Kept, readKept, writeKept} from './kept-helms.ts'

/**
 * What earlier runs learnt of the helms on this host, so that this one need not ask again: what each says of its version, and which one
 * a helmfile named. It is kept beside the other caches of this user; without it everything is only slower.
 */
export type KnownHelms = {
  /** The search path with stand-ins before it, which answer `helm version` as the real ones did and pass on everything else. */
  pathWithStandIns(searchPath: string): Promise<string>
  /** What this very program says of its version; `ask` is called where that is not known. */
  versionOf(path: string, ask: () => Promise<string>): Promise<string>
  /** Ask for it ahead of time, where the answer can be kept; of each program once in a run. */
  learnAhead(path: string, ask: () => Promise<string>): void
  /** The name of the helm that was wanted there last. */
  namedFor(place: string): Promise<string | undefined>
  keepName(place: string, name: string): void
  /** Once everything is written that is to be kept. */
  close(): Promise<void>
}

/**
 * @param file what is kept; it may be missing
 * @param standIn the script that stands in for a helm
 * @param into private directory of this run, for its stand-ins
 */
export function openKnownHelms(file: string, standIn: string, into: string): KnownHelms {
  const reading = readKept(file)
  const keeping = keepIn(file, reading)
  const paths = new Map<string, Promise<string>>()
  const asking = askOnce()
  const learning = new Set<Promise<string>>()
  const ahead = new Set<string>()
  const makeStandIns = async (searchPath: string, directory: string): Promise<string> => {
    const kept = await reading
    const made = await Promise.all(
      [...new Set(Object.values(kept.names))].map(async name => {
        const path = await findProgram(name, searchPath)
        const version = path && known(kept, path, await identityOf(path))
        if (path === undefined || version === undefined) return false
        await mkdir(directory, {recursive: true, mode: 0o700})
        await writeFile(join(directory, `${name}.known`), `${path}\n${version}\n`, {mode: 0o600})
        await symlink(standIn, join(directory, name))
        return true
      }),
    )
    return made.includes(true) ? `${directory}${delimiter}${searchPath}` : searchPath
  }
  return {
    pathWithStandIns(searchPath) {
      const directory = join(into, `helms-${paths.size}`)
      const made = paths.get(searchPath) ?? makeStandIns(searchPath, directory).catch(() => searchPath)
      paths.set(searchPath, made)
      return made
    },
    versionOf(path, ask) {
      const version = learnVersion(path, ask, {reading, keeping, asking})
      learning.add(version)
      return version
    },
    learnAhead(path, ask) {
      if (ahead.has(path)) return
      ahead.add(path)
      const learnt = identityOf(path).then(identity => (identity === undefined ? '' : ask()))
      // It was nobody's question yet: whoever needs the answer asks again.
      learning.add(learnt.catch(() => ''))
    },
    namedFor: async place => (await reading).names[place],
    keepName(place, name) {
      keeping.keep(({names}) => {
        // A path is somebody's own, and no name to look for.
        const isNew = !name.includes('/') && names[place] !== name
        if (isNew) names[place] = name
        return isNew
      })
    },
    async close() {
      await Promise.allSettled(learning)
      await keeping.done()
    },
  }
}

type Learning = {
  reading: Promise<Kept>
  keeping: ReturnType<typeof keepIn>
  asking: ReturnType<typeof askOnce>
}

async function learnVersion(
  path: string,
  ask: () => Promise<string>,
  {reading, keeping, asking}: Learning,
): Promise<string> {
  const before = await identityOf(path)
  const version = known(await reading, path, before)
  if (version !== undefined) return version
  // What nobody can tell from another one is asked each time.
  if (before === undefined) return ask()
  const said = await asking(`${path} ${before.inode} ${before.size} ${before.changedMs}`, ask)
  const after = await identityOf(path)
  // Another one may have been installed while it was asked.
  const isSure = after !== undefined && isSame(before, after)
  if (isSure && /^v\d+\.\d+\.\d+\S*$/.test(said))
    keeping.keep(kept => {
      const isNew = known(kept, path, after) !== said
      if (isNew) kept.versions[path] = {...after, version: said}
      return isNew
    })
  return said
}

/** Many environments want to know the same at once. */
function askOnce() {
  const answers = new Map<string, Promise<string>>()
  return (key: string, ask: () => Promise<string>): Promise<string> => {
    const answer = answers.get(key) ?? ask()
    answers.set(key, answer)
    // One that failed says nothing of the next.
    const forget = () => answers.delete(key)
    answer.then(said => said === '' && forget(), forget)
    return answer
  }
}

function known({versions}: Kept, path: string, now: HelmIdentity | undefined): string | undefined {
  const kept = versions[path]
  return kept !== undefined && now !== undefined && isSame(kept, now) ? kept.version : undefined
}

/** One after the other, each on what is there by then; nothing is read again where this run knows it already. */
function keepIn(file: string, reading: Promise<Kept>) {
  let last: Promise<unknown> = reading
  return {
    /** `change` says whether there is something to write. */
    keep(change: (kept: Kept) => boolean) {
      last = last.then(async () => {
        if (!change(await reading)) return
        const kept = await readKept(file)
        if (change(kept)) await writeKept(file, kept)
      })
    },
    async done() {
      await last
    },
  }
}
