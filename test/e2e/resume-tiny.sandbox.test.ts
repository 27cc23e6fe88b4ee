import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stripVTControlCharacters} from 'node:util'
import {afterAll, afterEach, beforeEach, describe, expect, test} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import type {DeployHost} from './deploy-host.ts'
import {startDeploy} from './deploy.ts'
import {testSandbox} from './test-sandbox.ts'
import {openTinyHost, outsideFile, stored, tinyFiles, uninstallTiny} from './tiny.ts'

const where = ['tiny', '-e', 'staging,eqiad'] as const
const go = ['--yes', '--window', '0ms'] as const

let host: DeployHost
beforeEach(async () => {
  await uninstallTiny()
  host = await openTinyHost('1')
  await writeFile(outsideFile(host, 'eqiad'), 'general: "private"\n')
  expect((await host.deploy([...where, ...go])).exitCode).toBe(0)
})
afterEach(() => host.remove())
afterAll(uninstallTiny)

async function commit(value: string): Promise<void> {
  for (const [path, text] of Object.entries(tinyFiles(value))) await host.edit(path, () => text)
}

/** Everything of it, as soon as staging is done. */
async function killedAfterStaging(args: readonly string[]): Promise<void> {
  const running = startDeploy([...args, ...go, '--events', ...host.words], {env: host.env})
  await running.says('"kind":"stage-finished","stage":"staging"')
  await running.killTree()
}

async function saidIn(environment: 'staging' | 'eqiad'): Promise<string> {
  return (await stored(environment)).values
}

describe('deploy resume', () => {
  beforeEach(async () => {
    await commit('2')
    await killedAfterStaging(where)
  })

  test('renders the recorded commit, whatever is checked out by now', async () => {
    await commit('3')
    const {exitCode, said} = await host.deploy(['resume', 'tiny', ...go])
    expect(exitCode, said).toBe(0)
    expect([await saidIn('staging'), await saidIn('eqiad')]).toEqual(['2', '2'])
  })

  test('stops where a file outside the repository is another one now, and names it', async () => {
    const before = await saidIn('eqiad')
    await writeFile(outsideFile(host, 'eqiad'), 'general: "another"\n')
    const refused = await host.deploy(['resume', 'tiny', ...go])
    expect(refused.exitCode, refused.said).toBe(12)
    expect(refused.said).toMatch(/eqiad tiny: its values are others now \(\S+tiny-eqiad\.yaml\)/)
    expect(refused.said).toContain('deploy abort tiny')
    expect(await saidIn('eqiad')).toBe(before)
    expect((await host.deploy(['abort', 'tiny', ...go])).exitCode).toBe(0)
    expect(await saidIn('staging')).toBe('1')
  })

  test('goes on with a rollback as well', async () => {
    expect((await host.deploy(['resume', 'tiny', ...go])).exitCode).toBe(0)
    await killedAfterStaging(['rollback', ...where])
    const {exitCode, said} = await host.deploy(['resume', 'tiny', ...go])
    expect(exitCode, said).toBe(0)
    expect([await saidIn('staging'), await saidIn('eqiad')]).toEqual(['1', '1'])
  })
})

test('a person at a terminal is asked what is to become of the run that was cut off', async () => {
  await commit('2')
  await killedAfterStaging(where)
  const stopped = startOnTerminal(where)
  await stopped.hears(/was cut off: its process is gone/)
  await stopped.hears(/leave it as it is \(stop\)\? \[resume\/abort\/stop\]/)
  stopped.type('stop\n')
  expect(await stopped.exitCode).toBe(12)

  const undone = startOnTerminal(where)
  await undone.hears(/\[resume\/abort\/stop\]/)
  undone.type('abort\n')
  await undone.hears(/Undo this\? \[y\/N\]/)
  undone.type('y\n')
  await undone.hears(/Deploy this\? \[y\/N\]/)
  undone.type('n\n')
  // What was asked for first is done; the run after it is declined, and nothing else was begun.
  expect(await undone.exitCode).toBe(0)
  expect([await saidIn('staging'), await saidIn('eqiad')]).toEqual(['1', '1'])
})

function startOnTerminal(args: readonly string[]) {
  const words = [join(PACKAGE_ROOT, 'bin', 'deploy'), ...args, '--window', '0ms', ...host.words]
  const child = spawn('script', ['-qec', words.join(' '), '/dev/null'], {
    cwd: host.charts,
    env: {...process.env, ...host.env, DEPLOY_SANDBOX: testSandbox(), NO_COLOR: '1'},
  })
  let screen = ''
  let wake = () => {}
  child.stdout.setEncoding('utf8').on('data', chunk => {
    screen += chunk
    wake()
  })
  const text = () =>
    stripVTControlCharacters(screen)
      .replaceAll('\r', '')
      .replaceAll(/\s*\n\s*/g, ' ')
  return {
    exitCode: once(child, 'exit').then(([code]) => Number(code)),
    async hears(expected: RegExp) {
      while (!expected.test(text())) await new Promise<void>(resolve => (wake = resolve))
    },
    type: (answer: string) => child.stdin.write(answer),
  }
}
