import {mkdir, mkdtemp, readdir, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {basename, join} from 'node:path'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {exec} from '../../src/tools/exec.ts'
import {openRunDirectory} from '../../src/tools/run-directory.ts'

let temporary: string
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'deploy-test-'))
  vi.stubEnv('TMPDIR', temporary)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(temporary, {recursive: true})
})

test('what a killed run left is swept away by the next one, and nothing else', async () => {
  const ended = (await exec('sh', ['-c', 'echo $$'])).stdout.trim()
  const [left, inUse, foreign] = [`deploy-run-${ended}-abc123`, `deploy-run-${process.ppid}-abc123`, 'other']
  for (const name of [left, inUse, foreign]) await mkdir(join(temporary, name), {mode: 0o700})
  const ours = await openRunDirectory(PACKAGE_ROOT)
  await expect
    .poll(async () => (await readdir(temporary)).toSorted())
    .toEqual([basename(ours.path), inUse, foreign].toSorted())
  await ours.remove()
  expect(await readdir(temporary)).not.toContain(basename(ours.path))
})
