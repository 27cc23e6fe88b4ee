import {link, mkdir, rm} from 'node:fs/promises'
import {dirname} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {SandboxPaths} from './paths.ts'
import {readIfPresent, writePrivate} from '../tools/own-files.ts'
import {isRunning, parseIdentity, startTimeOf} from './process-identity.ts'

const POLL_MS = 200

/** What is locked: the lock file, and what its holder is doing. */
export type Lock = {file: string; doing: string}

export function sandboxLock(paths: SandboxPaths): Lock {
  return {file: paths.lock, doing: `start or stop the sandbox ${paths.name}`}
}

/** Do something that nobody else may do meanwhile. Waits for others; a dead one's lock is void. */
export async function withLock<T>(lock: Lock, waitMs: number, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lock.file), {recursive: true, mode: 0o700})
  const untilMs = performance.now() + waitMs
  while (!(await tryLock(lock.file))) {
    if (performance.now() > untilMs) throw await tooLong(lock)
    await sleep(POLL_MS)
  }
  try {
    return await action()
  } finally {
    await rm(lock.file, {force: true})
  }
}

/** The lock appears with its holder's name in it, or not at all. */
async function tryLock(file: string): Promise<boolean> {
  const own = `${file}.${process.pid}`
  await writePrivate(own, `${process.pid} ${(await startTimeOf(process.pid)) ?? ''}\n`)
  try {
    await link(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(own, {force: true})
  }

  const holder = parseIdentity((await readIfPresent(file)) ?? '')
  if (holder && !(await isRunning(holder))) await rm(file, {force: true})
  return false
}

async function tooLong({file, doing}: Lock): Promise<DeployError> {
  const pid = parseIdentity((await readIfPresent(file)) ?? '')?.pid
  return new DeployError('locked', `${doing}: process ${pid ?? '?'} is at it, and does not come to an end`, {
    hint: `Wait for it to end; if it is stuck, end it and try again (the lock is ${file})`,
  })
}
