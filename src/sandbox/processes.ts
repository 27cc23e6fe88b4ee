import {createHash} from 'node:crypto'
import {mkdir, readdir, rm, stat, truncate} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import {exec} from '../tools/exec.ts'
import {PACKAGE_ROOT, type SandboxPaths} from './paths.ts'
import {readIfPresent, writePrivate} from '../tools/own-files.ts'
import {isRunning, type ProcessIdentity, parseIdentity} from './process-identity.ts'

/** A process the sandbox wants to have. */
export type ProcessSpec = {
  name: string
  program: string
  args: readonly string[]
  /** To be done right before it starts, and only then. */
  beforeStart?: () => Promise<void>
}

const MAX_LOG_BYTES = 20 * 1024 * 1024
const LAUNCH_TIMEOUT_MS = 5000
const POLL_MS = 50

/** Start a process unless this very one, with the same arguments, already runs. Says whether it was started. */
export async function ensureProcess(paths: SandboxPaths, spec: ProcessSpec): Promise<boolean> {
  const wanted = digestOf(spec)
  if (await runningProcess(paths, spec.name)) {
    if ((await readIfPresent(specPath(paths, spec.name))) === wanted) return false
    await stopProcess(paths, spec.name)
  }

  await rm(pidPath(paths, spec.name), {force: true})
  await writePrivate(specPath(paths, spec.name), wanted)
  await spec.beforeStart?.()
  await launch(paths, spec)
  return true
}

/** The process of this name that the sandbox started, if it still runs. */
export async function runningProcess(
  paths: SandboxPaths,
  name: string,
): Promise<ProcessIdentity | undefined> {
  const identity = parseIdentity((await readIfPresent(pidPath(paths, name))) ?? '')
  return identity && (await isRunning(identity)) ? identity : undefined
}

/** The names of all processes that were ever started and not stopped, running or not. */
export async function recordedProcesses(paths: SandboxPaths): Promise<string[]> {
  const files = await readdir(paths.run).catch(() => [])
  return files.filter(file => file.endsWith('.pid')).map(file => file.slice(0, -'.pid'.length))
}

/** End a process and wait until it is gone; harder when it does not listen. */
export async function stopProcess(paths: SandboxPaths, name: string, patienceMs = 10_000): Promise<void> {
  const identity = await runningProcess(paths, name)
  if (identity) {
    signal(identity, 'SIGTERM')
    if (!(await waitForEnd(identity, patienceMs))) {
      signal(identity, 'SIGKILL')
      await waitForEnd(identity, patienceMs)
    }
  }
  await rm(pidPath(paths, name), {force: true})
  await rm(specPath(paths, name), {force: true})
}

/** The last lines a process printed. */
export async function logTail(paths: SandboxPaths, name: string, lines = 5): Promise<string> {
  const text = (await readIfPresent(logPath(paths, name))) ?? ''
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

export function logPath(paths: SandboxPaths, name: string): string {
  return join(paths.log, `${name}.log`)
}

async function launch(paths: SandboxPaths, spec: ProcessSpec): Promise<void> {
  await mkdir(paths.log, {recursive: true, mode: 0o700})
  await shortenLog(logPath(paths, spec.name))
  const launcher = join(PACKAGE_ROOT, 'sandbox', 'launch.sh')
  // Its own session: the end of a terminal, or a Ctrl-C there, does not reach it.
  await exec(
    'sh',
    [launcher, pidPath(paths, spec.name), logPath(paths, spec.name), spec.program, ...spec.args],
    {
      detached: true,
    },
  )

  const untilMs = performance.now() + LAUNCH_TIMEOUT_MS
  while (performance.now() < untilMs) {
    if ((await readIfPresent(pidPath(paths, spec.name))) !== undefined) return
    await sleep(POLL_MS / 5)
  }
  throw new DeployError('bug', `start ${spec.name}: it left no pid within ${LAUNCH_TIMEOUT_MS / 1000} s`, {
    hint: `See ${logPath(paths, spec.name)}; then deploy sandbox down and deploy sandbox up`,
  })
}

async function waitForEnd(identity: ProcessIdentity, patienceMs: number): Promise<boolean> {
  const untilMs = performance.now() + patienceMs
  while (performance.now() < untilMs) {
    if (!(await isRunning(identity))) return true
    await sleep(POLL_MS)
  }
  return false
}

function signal(identity: ProcessIdentity, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(identity.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function shortenLog(path: string): Promise<void> {
  const size = await stat(path).then(
    found => found.size,
    () => 0,
  )
  if (size > MAX_LOG_BYTES) await truncate(path, 0)
}

function digestOf(spec: ProcessSpec): string {
  return createHash('sha256')
    .update([spec.program, ...spec.args].join('\0'))
    .digest('hex')
}

function pidPath(paths: SandboxPaths, name: string): string {
  return join(paths.run, `${name}.pid`)
}

function specPath(paths: SandboxPaths, name: string): string {
  return join(paths.run, `${name}.spec`)
}
