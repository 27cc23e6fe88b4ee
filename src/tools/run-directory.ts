import {rmSync} from 'node:fs'
import {mkdir, mkdtemp, readdir, readFile, rm, stat} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import {runSweeper} from './run-sweeper.ts'

/** Everything a run writes on this host: private, and gone when the run ends. */
export type RunDirectory = {path: string; remove(): Promise<void>}

const prefix = 'deploy-run-'
const NAMED = /deploy-run-(\d+)-[^-]+$/

/**
 * Make the directory (0700); it goes even when this process is killed. What is left of runs that were killed together with
 * their sweeper is swept away now.
 */
export async function openRunDirectory(packageRoot: string): Promise<RunDirectory> {
  // Whose it is stands in its name: one that was killed right after this line left nothing else.
  const path = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`)).catch(
    (cause: NodeJS.ErrnoException) => {
      throw new DeployError('bug', `make a private directory in ${tmpdir()}: ${cause.message}.`, {
        hint: 'TMPDIR names another place for it.',
        cause,
      })
    },
  )
  runSweeper(packageRoot).watch(path)
  await mkdir(join(path, 'tmp'), {mode: 0o700})
  void sweep(path)
  return {path, remove: () => remove(path)}
}

// Nothing else is to be done by then, and in one go it takes a third of the time: there are thousands of files. Where a program that
// is ending still writes it takes more than one; what is left even then is the sweeper's, and no reason for another outcome.
async function remove(path: string): Promise<void> {
  try {
    rmSync(path, {recursive: true, force: true})
  } catch {
    await rm(path, {recursive: true, force: true, maxRetries: 3}).catch(() => {})
  }
}

async function sweep(ours: string): Promise<void> {
  try {
    const names = (await readdir(tmpdir())).filter(name => name.startsWith(prefix))
    await Promise.all(names.map(name => removeIfAbandoned(join(tmpdir(), name), ours)))
  } catch {
    // Sweeping is a courtesy; the run does not depend on it.
  }
}

async function removeIfAbandoned(path: string, ours: string): Promise<void> {
  if (path === ours || (await stat(path)).uid !== process.getuid?.()) return
  const [, named] = NAMED.exec(path) ?? []
  // Earlier versions wrote it into a file.
  const pid = Number(named ?? (await readFile(join(path, 'pid'), 'utf8').catch(() => '0')))
  const ageMs = Date.now() - (await stat(path)).mtimeMs
  if (pid > 0 ? !isAlive(pid) : ageMs > 60_000) await rm(path, {recursive: true, force: true})
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
