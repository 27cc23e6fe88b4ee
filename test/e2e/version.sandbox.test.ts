import {cp, mkdtemp, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {CHARTS, deploy, pushTag} from './deploy.ts'

let clone = ''
const values = (service: string, file: string) => join(clone, 'helmfile.d', 'services', service, file)
const version = (...args: string[]) => deploy(['version', ...args], {cwd: clone})

beforeAll(async () => {
  clone = await mkdtemp(join(tmpdir(), 'deploy-version-'))
  await cp(CHARTS, clone, {recursive: true, verbatimSymlinks: true})
})
afterAll(() => rm(clone, {recursive: true, force: true}))

test('get names the file that decides, for each release', async () => {
  const {stdout} = await version('get', 'quotes')
  expect(stdout).toMatch(/staging +staging +\S+ +main_app.version in .*\/values-staging.yaml/)
  expect(stdout).toMatch(/eqiad +production +\S+ +main_app.version in .*\/values.yaml/)
})

test('without a terminal and without --yes it shows the change and writes nothing: 12', async () => {
  const before = await readFile(values('shop', 'values.yaml'), 'utf8')
  const {exitCode, stdout} = await version('set', 'shop', '2026-11-20-093000-production')
  expect(exitCode).toBe(12)
  expect(stdout).toContain('+  version: 2026-11-20-093000-production')
  expect(await readFile(values('shop', 'values.yaml'), 'utf8')).toBe(before)
})

test('set changes one value and not a letter more, and then git holds it', async () => {
  const before = await readFile(values('shop', 'values.yaml'), 'utf8')
  const set = await version('set', 'shop', '2026-11-20-093000-production', '--yes')
  expect(set.exitCode).toBe(0)
  expect(await readFile(values('shop', 'values.yaml'), 'utf8')).toBe(
    before.replace(/version: \S+-production/, 'version: 2026-11-20-093000-production'),
  )
  const again = await version('set', 'shop', '2026-11-20-093000-production', '--yes')
  expect(again.stdout).toContain('The values have that version already')
})

test('with several files, each environment gets it in its own', async () => {
  await pushTag('wikimedia/mediawiki-services-quotes', 'v9.9.9')
  expect((await version('set', 'quotes', 'v9.9.9', '--yes')).exitCode).toBe(0)
  expect(await readFile(values('quotes', 'values.yaml'), 'utf8')).toContain('version: v9.9.9')
  expect(await readFile(values('quotes', 'values-staging.yaml'), 'utf8')).toContain('version: v9.9.9')
})

test.each([
  [['shop', 'v1', '-e', 'staging'], /values.yaml decides it for canary in codfw as well/],
  [['paintbox-score', '2026-11-20-093000-score'], /link|adds/],
  [['wiki-web', '2026-11-20-093000-publish'], /which is not in the repository/],
  [['shop', 'canary=v1'], /values.yaml decides it for main in codfw as well/],
  [['shop', ':bad'], /not an image's tag/],
])('%j is refused, with what is in the way: 64', async (args, why) => {
  const {exitCode, stderr} = await version('set', ...args, '--yes')
  expect([exitCode, stderr]).toEqual([64, expect.stringMatching(why)])
})

test('a version that the registry does not have is not written, and the nearest one is named: 66', async () => {
  const {exitCode, stderr} = await version('set', 'shop', '2026-11-20-093001-production', '--yes')
  expect([exitCode, stderr]).toEqual([
    66,
    expect.stringContaining('deploy version set shop 2026-11-20-093000'),
  ])
})

test.each([
  [['set'], /neither a service nor a version/],
  [['set', 'shop'], /a service and its TAG are wanted/],
])('%j: what is missing, in words of its own', async (args, why) => {
  const {exitCode, stderr} = await version(...args)
  expect([exitCode, stderr]).toEqual([64, expect.stringMatching(why)])
})
