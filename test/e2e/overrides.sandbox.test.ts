import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {ReleaseStatus} from '../../src/plan/status.ts'
import {CHARTS, deploy, deployJson, kubectl, newTag, pushTag, readyImages, startDeploy} from './deploy.ts'

/** What runs and git does not hold, however it came there. */

const service = 'barometers'
const IMAGE = 'repos/sre/barometers'
const here = [service, '-e', 'staging']

let clone = ''

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'deploy-overrides-'))
  await cp(CHARTS, clone, {recursive: true, verbatimSymlinks: true})
})
afterAll(async () => {
  await deployJson([...here, '--yes', '--take-git', '--retry', '--on-unfinished', 'abort'])
  await rm(clone, {recursive: true, force: true})
})

/** Deploy from the clone, whose git names this version. */
async function fromGit(tag: string, ...more: string[]) {
  const file = join(clone, 'helmfile.d', 'services', service, 'values.yaml')
  const values = await readFile(file, 'utf8')
  await writeFile(file, values.replace(/version: \S+/, `version: ${await pushTag(IMAGE, tag)}`))
  return deployJson([...here, '--yes', ...more], {cwd: clone})
}

async function status(): Promise<ReleaseStatus> {
  const {stdout} = await deploy(['status', ...here, '--json'])
  return JSON.parse(stdout).services[0].environments[0].releases[0]
}

test('a version that git names goes, and the next one that git names goes over it without a question', async () => {
  expect((await fromGit(newTag(), '--take-git', '--retry', '--on-unfinished', 'abort')).exitCode).toBe(0)
  expect((await status()).override).toBeUndefined()
  expect((await fromGit(newTag())).exitCode).toBe(0)
})

test('a version that somebody went back to is an override: git names the one that was left', async () => {
  const [kept, left, fixed] = [newTag(), newTag(), newTag()]
  await fromGit(kept)
  await fromGit(left)
  const back = await deployJson(['rollback', ...here, '--yes', '-m', 'T1: too slow'], {cwd: clone})
  expect(back.exitCode).toBe(0)
  expect(await status()).toMatchObject({
    override: kept,
    overrideFrom: {how: 'rolled-back', runId: back.outcome.runId, message: 'T1: too slow'},
  })
  const again = await fromGit(left)
  expect([again.exitCode, again.outcome.summary]).toEqual([12, expect.stringContaining('T1: too slow')])
  expect(again.outcome.next).toContain('--retry')
  const newer = await fromGit(fixed)
  expect([newer.exitCode, newer.outcome.summary]).toEqual([12, expect.stringContaining(`runs ${kept}`)])
  expect((await fromGit(fixed, '--keep-override')).exitCode).toBe(0)
  expect((await readyImages('staging', service, 'main')).join()).toContain(kept)
  expect((await fromGit(fixed, '--take-git')).exitCode).toBe(0)
  expect((await fromGit(newTag())).exitCode).toBe(0)
})

test('who goes back from an override is with git again, and nothing else is claimed', async () => {
  const git = newTag()
  await fromGit(git)
  const beside = await pushTag(IMAGE, newTag())
  expect((await deployJson([...here, '--version', beside, '--yes'], {cwd: clone})).exitCode).toBe(0)
  expect(await status()).toMatchObject({override: beside})
  const shown = await deploy(['rollback', ...here, '--dry-run'], {cwd: clone})
  expect(shown.said).not.toMatch(/git (names|does not change)/)
  expect((await deployJson(['rollback', ...here, '--yes'], {cwd: clone})).exitCode).toBe(0)
  expect((await status()).override).toBeUndefined()
  const newer = newTag()
  expect((await fromGit(newer)).exitCode).toBe(0)
  const other = await deploy(['rollback', ...here, '--dry-run'], {cwd: clone})
  expect(other.said).toContain(`git names ${newer}`)
})

test('what a killed run left is an override as well', async () => {
  await fromGit(newTag())
  const tag = await pushTag(IMAGE, newTag('slow'))
  const killed = startDeploy([...here, '--version', tag, '--yes'], {})
  const isWritten = async () =>
    (await kubectl('staging', ['get', 'statefulset', '-n', service, '-o', 'yaml'])).includes(tag)
  await expect.poll(isWritten, {timeout: 60_000}).toBe(true)
  await expect
    .poll(
      async () =>
        (
          await kubectl('staging', [
            'get',
            'secret',
            '-n',
            service,
            '-l',
            'owner=helm,status=pending-upgrade',
            '-o',
            'name',
          ])
        ).trim(),
      {timeout: 60_000},
    )
    .toBe('')
  await killed.killTree()
  expect(await status()).toMatchObject({override: tag, overrideFrom: {how: 'deployed'}})
})
