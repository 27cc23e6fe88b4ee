import {execFile} from 'node:child_process'
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {promisify} from 'node:util'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {type KnownHelms, openKnownHelms} from '../../src/tools/known-helms.ts'

const run = promisify(execFile)
const SAID = 'v3.19.0+g1234567'
const ASKED = 'v3.20.0'
let directory: string
let helm: string
let file: string
let opened = 0
const all: KnownHelms[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'deploy-helms-'))
  helm = join(directory, `helm-${++opened}`)
  file = join(directory, 'cache', 'helms.json')
  await copyFile('/bin/echo', helm)
})
afterEach(async () => {
  for (const helms of all.splice(0)) await helms.close()
  await rm(directory, {recursive: true})
})

async function open(): Promise<KnownHelms> {
  const into = await mkdtemp(join(directory, 'run-'))
  const helms = openKnownHelms(file, join(PACKAGE_ROOT, 'bin', 'known-helm'), into)
  all.push(helms)
  return helms
}

function askedOf(helms: KnownHelms): Promise<string> {
  return helms.versionOf(helm, async () => ASKED)
}

async function learn(): Promise<void> {
  const helms = await open()
  expect(await helms.versionOf(helm, async () => SAID)).toBe(SAID)
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
  expect(await askedOf(helms)).toBe(SAID)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a stand-in answers what is known, and the helm itself everything else', async () => {
  await learn()
  const helms = await open()
  expect(await ask(helms, ['version', '--short'])).toBe(`${SAID}\n`)
  expect(await ask(helms, ['version', '--short', '--client'])).toBe('version --short --client\n')
  expect(await ask(helms, ['template', 'a b', '*'])).toBe('template a b *\n')
})

test('a helm that was replaced is asked anew', async () => {
  await learn()
  await rm(helm)
  await copyFile('/bin/cat', helm)
  const helms = await open()
  expect(await askedOf(helms)).toBe(ASKED)
  expect(await helms.pathWithStandIns('/bin')).toBe('/bin')
})

test('what a script says is not kept: what it runs may change', async () => {
  await writeFile(helm, '#!/bin/sh\necho v3\n')
  await chmod(helm, 0o755)
  await learn()
  expect(await askedOf(await open())).toBe(ASKED)
})

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"versions":1,"names":null}',
  '{"versions":{"/h":null},"names":{}}',
  '{"versions":{},"names":{"a":"/tmp/evil"}}',
])('a broken file (%s) is none', async text => {
  await learn()
  await writeFile(file, text)
  const helms = await open()
  expect(await helms.pathWithStandIns('/bin')).toBe('/bin')
  expect(await helms.namedFor('a')).toBeUndefined()
  expect(await askedOf(helms)).toBe(ASKED)
  await helms.close()
  expect(await (await open()).versionOf(helm, async () => SAID)).toBe(ASKED)
})

test('many who want to know it at once ask once, and the end waits for the answer', async () => {
  const helms = await open()
  let count = 0
  const {promise, resolve} = Promise.withResolvers<string>()
  const ask = () => {
    count += 1
    return promise
  }
  const answers = Promise.all([helms.versionOf(helm, ask), helms.versionOf(helm, ask)])
  const closing = helms.close()
  resolve(SAID)
  await closing
  expect(await answers).toEqual([SAID, SAID])
  expect(count).toBe(1)
  expect(await askedOf(await open())).toBe(SAID)
})

test('a question that failed is asked again', async () => {
  const helms = await open()
  expect(await helms.versionOf(helm, async () => '')).toBe('')
  expect(await askedOf(helms)).toBe(ASKED)
})

test('a script is asked each time, and never ahead of time', async () => {
  await writeFile(helm, '#!/bin/sh\necho v3\n')
  const helms = await open()
  let isAsked = false
  helms.learnAhead(helm, async () => {
    isAsked = true
    return SAID
  })
  expect(await helms.versionOf(helm, async () => SAID)).toBe(SAID)
  expect(await askedOf(helms)).toBe(ASKED)
  await helms.close()
  expect(isAsked).toBe(false)
})

test('what is learnt ahead is asked once, and known to the next run', async () => {
  const helms = await open()
  let count = 0
  const ask = () =>
    helms.versionOf(helm, async () => {
      count += 1
      return SAID
    })
  helms.learnAhead(helm, ask)
  helms.learnAhead(helm, ask)
  await helms.close()
  expect(count).toBe(1)
  expect(await askedOf(await open())).toBe(SAID)
})

test('a helm that says nothing ahead of time stops nobody', async () => {
  const helms = await open()
  helms.learnAhead(helm, () => Promise.reject(new Error('no such file')))
  await helms.close()
  expect(await askedOf(await open())).toBe(ASKED)
})

test('what others may have written is not believed', async () => {
  await learn()
  await chmod(file, 0o666)
  expect(await askedOf(await open())).toBe(ASKED)
})

test.each(['', 'panic: half', 'v3.1.0\nand more'])('an answer that is none (%j) is not kept', async said => {
  const helms = await open()
  expect(await helms.versionOf(helm, async () => said)).toBe(said)
  await helms.close()
  expect(await askedOf(await open())).toBe(ASKED)
})

test('nor is one of a helm that is replaced while it is asked', async () => {
  const helms = await open()
  await helms.versionOf(helm, async () => {
    await rm(helm)
    await copyFile('/bin/cat', helm)
    return SAID
  })
  await helms.close()
  expect(await askedOf(await open())).toBe(ASKED)
})

test('nor is that of another program that a link leads to', async () => {
  await rm(helm)
  await symlink('/bin/echo', helm)
  await learn()
  expect(await askedOf(await open())).toBe(ASKED)
})

test('where nothing can be kept, nothing is lost', async () => {
  file = '/dev/null/helms.json'
  await learn()
  expect(await askedOf(await open())).toBe(ASKED)
})

test('where it cannot be put into its place nothing else stays there', async () => {
  await mkdir(file, {recursive: true})
  await learn()
  expect(await readdir(join(directory, 'cache'))).toEqual(['helms.json'])
})

test('two who learn at once keep what both learnt, or what one of them did', async () => {
  const [one, other] = [await open(), await open()]
  one.keepName('a', 'helm3.17')
  other.keepName('b', 'helm3.19')
  await Promise.all([one.close(), other.close()])
  const kept = JSON.parse(await readFile(file, 'utf8'))
  expect(Object.keys(kept.names).length).toBeGreaterThan(0)
  expect({a: 'helm3.17', b: 'helm3.19'}).toMatchObject(kept.names)
})
