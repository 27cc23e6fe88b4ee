import {execFile} from 'node:child_process'
import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'

const run = promisify(execFile)
let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-launcher-'))
})
afterEach(() => rm(directory, {recursive: true}))

function askVersion(mode: 'read' | 'apply') {
  const env = {...process.env, DEPLOY_RUN: directory, DEPLOY_MODE: mode, DEPLOY_PID: String(process.pid)}
  return run(join(PACKAGE_ROOT, 'bin', 'helm-launcher'), ['version', '--short'], {env})
}

test('while it is being found out which helm it is, any helm 3 is answered for', async () => {
  expect((await askVersion('read')).stdout).toMatch(/^v3\./)
})

test('helmfile apply waits until helm has told its version', async () => {
  const asking = askVersion('apply')
  await sleep(50)
  await writeFile(join(directory, 'helm-version'), 'v4.0.1+g1234567\n')
  expect((await asking).stdout).toBe('v4.0.1+g1234567\n')
})

test('and waits no longer where the run stops', async () => {
  await writeFile(join(directory, 'stop'), '')
  await expect(askVersion('apply')).rejects.toMatchObject({code: 1})
})
