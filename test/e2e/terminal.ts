import {mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {expect} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {start} from '../../src/tools/exec.ts'
import {CHARTS} from './deploy.ts'
import {testSandbox} from './test-sandbox.ts'

/** A person's terminal with `deploy` in it. */
export type TestTerminal = {
  /** All that was written, without colours. */
  screen(): string
  /** Resolves when something stands there that was not there at the last call. */
  until(pattern: RegExp): Promise<void>
  type(keys: string): void
  /** The window is closed, the network is gone. */
  hangUp(): void
  exitCode(): Promise<number>
  /** What the shell would have taken for a command, once it has ended. */
  leftToShell(): string
}

export const CTRL_C = '\u0003'

/** Runs the built tool under a pseudo-terminal (`script`, of every Linux). */
export async function openTerminal(args: readonly string[]): Promise<TestTerminal> {
  const directory = await mkdtemp(join(tmpdir(), 'deploy-terminal-'))
  const code = join(directory, 'code')
  // The shell outlives the terminal, to tell how it ended.
  const line = [join(PACKAGE_ROOT, 'bin', 'deploy'), ...args].map(word => `'${word}'`).join(' ')
  // Out of line mode and without waiting, so that `cat` gets what is there and no more.
  const left = join(directory, 'left')
  const after = `stty -icanon min 0 time 0 2>/dev/null; cat > ${left} 2>/dev/null; echo $code > ${code}`
  // A shell that is no bash would end with the Ctrl-C that is meant for the tool.
  const traps = "trap '' HUP; trap : INT"
  const child = start('script', ['-qfc', `${traps}; ${line}; code=$?; ${after}`, '/dev/null'], {
    cwd: CHARTS,
    env: {DEPLOY_SANDBOX: testSandbox(), NO_COLOR: '1', SHELL: '/bin/sh', TERM: 'xterm'},
    buffer: false,
    stdin: 'pipe',
  })
  let written = ''
  let seen = 0
  let leftOver = ''
  child.stdout?.on('data', chunk => {
    written += String(chunk)
  })
  const screen = () => stripVTControlCharacters(written)
  return {
    screen,
    async until(pattern) {
      const unread = () => screen().slice(seen)
      await expect.poll(unread, {timeout: 60_000, interval: 50}).toMatch(pattern)
      // What comes after it may be what is waited for next.
      const found = pattern.exec(unread())
      seen += (found?.index ?? 0) + (found?.[0].length ?? 0)
    },
    type(keys) {
      child.stdin?.write(keys)
    },
    hangUp() {
      child.kill('SIGKILL')
    },
    async exitCode() {
      const text = () => readFile(code, 'utf8').catch(() => '')
      await expect.poll(text, {timeout: 90_000, interval: 50}).toMatch(/^\d+\n$/)
      const exitCode = Number(await text())
      child.stdin?.end()
      await child
      leftOver = await readFile(left, 'utf8')
      await rm(directory, {recursive: true})
      return exitCode
    },
    leftToShell: () => leftOver,
  }
}
