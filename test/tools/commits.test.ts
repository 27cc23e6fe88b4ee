import {expect, test} from 'vitest'
import {commitsAfter, commitsBetween, isWrittenBetween} from '../../src/tools/commits.ts'
import {exec} from '../../src/tools/exec.ts'
import {commitFiles, withRepository} from './repository.ts'

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString()
const subjects = (list: {newest: readonly {subject: string}[]} | undefined) =>
  list?.newest.map(commit => commit.subject)

test('the commits between two states, that touched the paths, both ways', () =>
  withRepository(async repository => {
    const first = await commitFiles(repository, 'first', {'a/x': '1', 'b/y': '1'})
    const second = await commitFiles(repository, 'a: "quoted" – and ünusual', {'a/x': '2'})
    await commitFiles(repository, 'b only', {'b/y': '2'})
    const head = await commitFiles(repository, 'a and b', {'a/x': '3', 'b/y': '3'})

    const between = await commitsBetween(repository.root, first, head, ['a'])
    expect(subjects(between?.added)).toEqual(['a and b', 'a: "quoted" – and ünusual'])
    expect(between?.added).toMatchObject({total: 2, isCut: false})
    expect(between?.added.newest[1]).toMatchObject({hash: second, author: 'Ada'})
    expect(between?.takenBack.total).toBe(0)

    const back = await commitsBetween(repository.root, head, second, ['b'])
    expect(subjects(back?.added)).toEqual([])
    expect(subjects(back?.takenBack)).toEqual(['a and b', 'b only'])
  }))

test('what it says to type shows the same commits', () =>
  withRepository(async repository => {
    const first = await commitFiles(repository, 'first', {'a/x': '1', 'a/values-it.yaml': '1'})
    await commitFiles(repository, 'not this one', {'a/values-it.yaml': '2'})
    const head = await commitFiles(repository, 'this one', {'a/x': '2'})
    const between = await commitsBetween(repository.root, first, head, ['a', ':(exclude)a/values-it.yaml'])
    expect(subjects(between?.added)).toEqual(['this one'])
    expect(between?.added.command).toBe(
      `git -C ${repository.root} log --oneline ${first.slice(0, 10)}..${head.slice(0, 10)} -- a ':(exclude)a/values-it.yaml'`,
    )
  }))

test('a commit that is not in this clone, and commits younger than a time', () =>
  withRepository(async repository => {
    const head = await commitFiles(repository, 'first', {'a/x': '1'})
    expect(await commitsBetween(repository.root, 'f'.repeat(40), head, ['a'])).toBeUndefined()
    expect(subjects(await commitsAfter(repository.root, YESTERDAY, head, ['a']))).toEqual(['first'])
    expect(subjects(await commitsAfter(repository.root, YESTERDAY, head, ['b']))).toEqual([])
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
    expect(subjects(await commitsAfter(repository.root, tomorrow, head, ['a']))).toEqual([])
  }))

test('whether a word was written into the paths since', () =>
  withRepository(async repository => {
    const from = await commitFiles(repository, 'first', {'a/x': 'version: v1', 'b/y': 'tag: v1'})
    await commitFiles(repository, 'second', {'a/x': 'version: v10', 'b/y': 'image: shop:v2'})
    const to = await commitFiles(repository, 'third', {'a/x': 'version: v3'})
    const isWritten = (word: string, paths: readonly string[]) =>
      isWrittenBetween(repository.root, {from, to}, word, paths)
    expect(await isWritten('v10', ['a'])).toBe(true)
    expect(await isWritten('v3', ['a'])).toBe(true)
    expect(await isWritten('v1', ['a']), 'only taken away').toBe(false)
    expect(await isWritten('v2', ['b'])).toBe(true)
    expect(await isWritten('v2', ['a'])).toBe(false)
    expect(await isWrittenBetween(repository.root, {from: 'f'.repeat(40), to}, 'v3', ['a'])).toBe(false)
  }))

test('no more than a hundred are counted', () =>
  withRepository(async repository => {
    const first = await commitFiles(repository, 'first', {'a/x': '1'})
    await importCommits(repository.root, 101)
    const head = await repository.git('rev-parse', 'HEAD')
    const between = await commitsBetween(repository.root, first, head, [])
    expect(between?.added).toMatchObject({total: 100, isCut: true})
    expect(between?.added.newest).toHaveLength(100)
  }))

// One program for all of them.
async function importCommits(root: string, count: number): Promise<void> {
  const commits = Array.from({length: count}, (_, index) => [
    'commit refs/heads/master',
    'committer Ada <ada@example.org> now',
    'data 1',
    'x',
    ...(index === 0 ? ['from refs/heads/master^0'] : []),
    '',
  ])
  const input = `${commits.flat().join('\n')}\n`
  const result = await exec('git', ['fast-import', '--quiet', '--date-format=now'], {cwd: root, input})
  if (result.failed) throw new Error(result.stderr)
}
