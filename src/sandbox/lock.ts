import {link, mkdir, rm} from 'node:fs/promises'
import {dirname} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {SandboxPaths} from './paths.ts'
import {readIfPresent, writePrivate} from './private-files.ts'
import {isRunning, parseIdentity, startTimeOf} from './process-identity.ts'

const POLL_MS = 200

/** Do something with a sandbox while nobody else starts or stops it. Waits for others; a dead one's lock is void. */
export async function withLock<T>(paths: SandboxPaths, waitMs: number, action: () => Promise<T>): Promise<T> {
  await mkdir(dirname(paths.lock), {recursive: true, mode: 0o700})
  const untilMs = performance.now() + waitMs
  while (!(await tryLock(paths))) {
    if (performance.now() > untilMs) throw await tooLong(paths)
    await sleep(POLL_MS)
  }
  try {
    return await action()
  } finally {
    await rm(paths.lock, {force: true})
  }
}

/** The lock appears with its holder's name in it, or not at all. */
async function tryLock(paths: SandboxPaths): Promise<boolean> {
  const own = `${paths.lock}.${process.pid}`
  await writePrivate(own, `${process.pid} ${(await startTimeOf(process.pid)) ?? ''}\n`)
  try {
    await link(own, paths.lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(own, {force: true})
  }

  const holder = parseIdentity((await readIfPresent(paths.lock)) ?? '')
  if (holder && !(await isRunning(holder))) await rm(paths.lock, {force: true})
  return false
}

async function tooLong(paths: SandboxPaths): Promise<DeployError> {
  const pid = parseIdentity((await readIfPresent(paths.lock)) ?? '')?.pid
  return new DeployError(
    'locked',
    `use the sandbox ${paths.name}: process ${pid ?? '?'} is starting or stopping it`,
    {
      hint: `Wait for it to end; if it is stuck, end it and try again (the lock is ${paths.lock})`,
    },
  )
}
