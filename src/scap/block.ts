import {readFile, stat} from 'node:fs/promises'
import {hostname} from 'node:os'
import {exec} from '../tools/exec.ts'
import {blocksDeployments} from './config.ts'
import {isWriteLocked} from './posix-locks.ts'

/** What scap, which deploys from the same host, keeps from beginning there. */
export type ScapBlock =
  | {kind: 'none'}
  /** `scap lock --all`: by whom, since when and why, in its own words. */
  | {kind: 'locked'; by: string; since: string; reason: string}
  /** `block_deployments`: another host is the active one. */
  | {kind: 'disabled'; file: string}

export type ScapFiles = {
  /** Its global lock. */
  lock: string
  config: string
}

/** Where there is no scap, nothing is blocked. What cannot be read blocks nothing either: scap itself would say so. */
export async function readScapBlock({lock, config}: ScapFiles): Promise<ScapBlock> {
  const [text, held] = await Promise.all([readFile(config, 'utf8').catch(() => ''), readLock(lock)])
  const isSaid = text.includes('block_deployments') && blocksDeployments(text, await fullName())
  return isSaid ? {kind: 'disabled', file: config} : held
}

// With its domain, which sections may be about; the system itself often knows the first name only.
async function fullName(): Promise<string> {
  const {stdout, failed} = await exec('hostname', ['--fqdn'], {timeoutMs: FULL_NAME_TIMEOUT_MS})
  return failed ? hostname() : stdout.trim()
}

const FULL_NAME_TIMEOUT_MS = 2000

// scap leaves the file behind: it is the lock on it that counts (https://gitlab.wikimedia.org/repos/releng/scap, lock.py).
async function readLock(path: string): Promise<ScapBlock> {
  try {
    const [file, text, table] = await Promise.all([
      stat(path),
      readFile(path, 'utf8'),
      readFile('/proc/locks', 'utf8'),
    ])
    const holder = holderIn(text)
    if (!isWriteLocked(table, file, holder.pid)) return {kind: 'none'}
    const {locker = 'somebody', timestamp_utc: since = '', reason = ''} = holder
    return {kind: 'locked', by: locker, since, reason}
  } catch {
    return {kind: 'none'}
  }
}

type Holder = {locker?: string; pid?: number; timestamp_utc?: string; reason?: string}

function holderIn(text: string): Holder {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return {}
  }
}
