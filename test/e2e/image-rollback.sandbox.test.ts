import {cp, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import type {HistoryRun} from '../../src/flow/history.ts'
import {CHARTS, deploy, deployJson, kubectl, newTag, pushTag, readyImages} from './deploy.ts'

/** Going back by the image alone: git's charts and values stay. */

const service = 'pages'
const here = [service, '-e', 'eqiad']
const quick = ['--window', '500ms']
const rollback = (...more: string[]) =>
  deployJson(['rollback', ...here, '--yes', ...quick, ...more], {cwd: clone})

let clone = ''

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'deploy-image-rollback-'))
  await cp(CHARTS, clone, {recursive: true, verbatimSymlinks: true})
})
afterAll(async () => {
  await deployJson([...here, '--yes', '--take-git', '--retry', '--on-unfinished', 'abort'])
  await rm(clone, {recursive: true, force: true})
})

async function write(pattern: RegExp, text: string): Promise<void> {
  const file = join(clone, 'helmfile.d', 'services', service, 'values.yaml')
  const values = await readFile(file, 'utf8')
  await writeFile(file, values.replace(pattern, text))
}

/** Deploy from the clone, whose git names this version and this level. */
async function fromGit(tag: string, level: string, ...more: string[]) {
  await write(/version: \S+/, `version: ${await pushTag('repos/sre/pages', tag)}`)
  await write(/LOG_LEVEL: \S+/, `LOG_LEVEL: ${level}`)
  return deployJson([...here, '--yes', ...quick, ...more], {cwd: clone})
}

async function runs(release: string): Promise<string> {
  const images = await readyImages('eqiad', service, release)
  return [...new Set(images.map(image => image.split(':').at(-1)))].join()
}

async function level(): Promise<string | undefined> {
  const deployment = await kubectl('eqiad', ['get', 'deployment', 'pages-pages', '-n', service, '-o', 'json'])
  return /APACHE_LOG_LEVEL","value":"(\w+)"/.exec(JSON.stringify(JSON.parse(deployment)))?.[1]
}

test("the image of the last good state returns, with git's configuration as it is", async () => {
  const [first, second] = [newTag(), newTag()]
  expect((await fromGit(first, 'warn', '--take-git', '--retry')).exitCode).toBe(0)
  const left = await fromGit(second, 'info')
  expect(left.exitCode).toBe(0)

  const shown = await deploy(['rollback', ...here, '--image-only', '--dry-run'], {cwd: clone})
  expect(shown.said).toContain('Roll back the image of pages in eqiad')
  expect(shown.said).toContain(`undoes  run ${left.outcome.runId}`)
  expect(await runs('pages')).toBe(second)

  const back = await rollback('--image-only', '-m', 'T1: too slow')
  expect(back.outcome).toMatchObject({exitCode: 0, action: 'rollback', next: expect.stringContaining(first)})
  expect([await runs('pages'), await runs('feeds'), await level()]).toEqual([first, first, 'info'])

  const {stdout} = await deploy(['history', service, '--json'])
  const run = (JSON.parse(stdout).runs as HistoryRun[]).find(one => one.runId === back.outcome.runId)
  expect(run?.environments[0]?.record.releases).toMatchObject([
    {imageOf: expect.any(Number), override: first, gitVersion: second},
    {imageOf: expect.any(Number), override: first, gitVersion: second},
  ])
  expect((await deploy(['history', service])).stdout).toMatch(
    new RegExp(`${back.outcome.runId} +image-rollback`),
  )
})

test('it is an override: git neither takes it back nor brings what was left without a word', async () => {
  const again = await deployJson([...here, '--yes'], {cwd: clone})
  expect([again.exitCode, again.outcome.summary]).toEqual([12, expect.stringContaining('T1: too slow')])
  expect(again.outcome.next).toContain('--retry')
  const [before, tag] = [await runs('pages'), newTag()]
  const newer = await fromGit(tag, 'info')
  expect([newer.exitCode, newer.outcome.summary]).toEqual([12, expect.stringContaining(`run ${before}`)])
  expect((await deployJson([...here, '--yes', '--take-git'], {cwd: clone})).exitCode).toBe(0)
})

test('typed again it goes one good image further back, and without --image-only the rest returns as well', async () => {
  const [first, second, third] = [newTag(), newTag(), newTag()]
  for (const tag of [first, second]) expect((await fromGit(tag, 'warn', '--take-git')).exitCode).toBe(0)
  expect((await fromGit(third, 'error')).exitCode).toBe(0)
  expect((await rollback('--image-only')).exitCode).toBe(0)
  expect([await runs('pages'), await level()]).toEqual([second, 'error'])
  expect((await rollback('--image-only')).exitCode).toBe(0)
  expect([await runs('pages'), await level()]).toEqual([first, 'error'])
  expect((await rollback()).exitCode).toBe(0)
  expect(await level()).toBe('warn')
})

test('where the last change was none of the image, what to type instead is said (66)', async () => {
  const tag = newTag()
  expect((await fromGit(tag, 'warn', '--take-git', '--retry')).exitCode).toBe(0)
  const changed = await fromGit(tag, 'debug')
  expect(changed.exitCode).toBe(0)
  const refused = await rollback('--image-only')
  expect([refused.exitCode, refused.outcome.summary]).toEqual([66, expect.stringContaining('the same image')])
  expect(refused.outcome.next).toMatch(/Without --image-only .* --to RUN/)
  const named = await rollback('--image-only', '--to', changed.outcome.runId)
  expect([named.exitCode, named.outcome.summary]).toEqual([0, expect.stringContaining('nothing to do')])
})

test('an image that never was healthy wants --retry (12), and what runs returns when it fails again (10)', async () => {
  const before = await runs('pages')
  const failed = await fromGit(newTag('crash'), 'debug')
  expect(failed.exitCode).toBe(10)
  const to = ['--image-only', '--to', String((await revisionOf('feeds')) - 1), '-l', 'name=feeds']
  const stopped = await rollback(...to)
  expect([stopped.exitCode, stopped.outcome.next]).toEqual([12, expect.stringContaining('--retry')])
  expect((await rollback(...to, '--retry')).exitCode).toBe(10)
  expect(await runs('feeds')).toBe(before)
})

async function revisionOf(release: string): Promise<number> {
  const {stdout} = await deploy(['status', ...here, '--json'])
  const [environment] = JSON.parse(stdout).services[0].environments
  return environment.releases.find((one: {name: string}) => one.name === release).revision
}
