import {spawn} from 'node:child_process'
import type {Socket} from 'node:net'
import {join} from 'node:path'

/** Sees to it that directories go even when this process is killed and cannot remove them itself. */
export type Sweeper = {watch(directory: string): void}

let running: Sweeper | undefined

/** One for this process, whatever it opens: a shell script outside our process tree that waits for our end. */
export function runSweeper(packageRoot: string): Sweeper {
  running ??= startSweeper(packageRoot)
  return running
}

function startSweeper(packageRoot: string): Sweeper {
  const child = spawn('sh', [join(packageRoot, 'bin', 'run-sweeper')], {
    cwd: '/',
    detached: true,
    // Not its standard input, which node would close when the first of its two processes ends.
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const names = child.stdio[3] as Socket
  // Without it the next run sweeps.
  child.on('error', () => {})
  names.on('error', () => {})
  child.unref()
  names.unref()
  return {watch: directory => void names.write(`${directory}\n`)}
}
