import {execFile} from 'node:child_process'
import {chmod, copyFile, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {type KnownHelms, openKnownHelms} from '../../src/tools/known-helms.ts'

const run = promisify(execFile)
let directory: string
let helm: string
let file: string
let opened = 0
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-helms-'))
  helm = join(directory, `helm-${++opened}`)
  file = join(directory, 'cache', 'helms.json')
  await copyFile('/bin/echo', helm)
})
afterEach(() => rm(directory, {recursive: true}))

async function open(): Promise<KnownHelms> {
  const into = await mkdtemp(join(directory, 'run-'))
  return openKnownHelms(file, join(PACKAGE_ROOT, 'bin', 'known-helm'), into)
}

async function learn(): Promise<void> {
  const helms = await open()
  helms.keepVersion(helm, 'v3.19.0+g1234567')
  helms.keepName('services/echo staging', `helm-${opened}`)
  await helms.close()
}

async function ask(helms: KnownHelms, args: string[]): Promise<string> {
  const PATH = await helms.pathWithStandIns(`${directory}:/usr/bin:/bin`)
  return (await run(`helm-${opened}`, args, {env: {PATH}})).stdout
}

test('the next run knows which helm was wanted, and what it says of itself', async () => {
  await learn()
  const helms = await open()
  expect(await helms.namedFor('services/echo staging')).toBe(`helm-${opened}`)
  expect(await helms.namedFor('services/shop staging')).toBeUndefined()
  expect(await helms.versionOf(helm)).toBe('v3.19.0+g1234567')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a stand-in answers what is known, and the helm itself everything else', async () => {
  await learn()
  const helms = await open()
  expect(await ask(helms, ['version', '--short'])).toBe('v3.19.0+g1234567\n')
  expect(await ask(helms, ['version', '--short', '--client'])).toBe('version --short --client\n')
  expect(await ask(helms, ['template', 'a b', '*'])).toBe('template a b *\n')
})

test('a helm that was replaced is asked anew', async () => {
  await learn()
  await rm(helm)
  await copyFile('/bin/cat', helm)
  const helms = await open()
  expect(await helms.versionOf(helm)).toBeUndefined()
  expect(await helms.pathWithStandIns('/bin')).toBe('/bin')
})

test('what a script says is not kept: what it runs may change', async () => {
  await writeFile(helm, '#!/bin/sh\necho v3\n')
  await chmod(helm, 0o755)
  await learn()
  expect(await (await open()).versionOf(helm)).toBeUndefined()
})

test.each(['', '{', 'null', '[]', '{"versions":1,"names":null}'])(
  'a broken file (%s) is none',
  async text => {
    await learn()
    await writeFile(file, text)
    const helms = await open()
    expect(await helms.versionOf(helm)).toBeUndefined()
    expect(await helms.pathWithStandIns('/bin')).toBe('/bin')
    helms.keepVersion(helm, 'v3.20.0')
    await helms.close()
    expect(await (await open()).versionOf(helm)).toBe('v3.20.0')
  },
)

test('where nothing can be kept, nothing is lost', async () => {
  file = '/dev/null/helms.json'
  await learn()
  expect(await (await open()).versionOf(helm)).toBeUndefined()
})

test('two who learn at once keep what both learnt, or what one of them did', async () => {
  const [one, other] = [await open(), await open()]
  one.keepName('a', 'helm3.17')
  other.keepName('b', 'helm3.19')
  await Promise.all([one.close(), other.close()])
  const kept = JSON.parse(await readFile(file, 'utf8'))
  expect(Object.keys(kept.names).length).toBeGreaterThan(0)
})
