import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, expect, test} from 'vitest'
import type {TreeFacts} from '../../src/plan/facts.ts'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {takeTree} from '../../src/tools/take-tree.ts'
import {commitFiles, repositoryAt, withRepository} from './repository.ts'

test('while a hundred commits are pulled, every copy is of one commit, and the one that is named', async () => {
  const base = await mkdtemp(join(tmpdir(), 'deploy-take-tree-'))
  try {
    await withRepository(async upstream => {
      // Many files in between, so that a pull takes a moment.
      const filesOf = (value: number) => ({
        'a-first': `${value}`,
        ...Object.fromEntries(Array.from({length: 40}, (_, index) => [`helmfile.d/${index}`, `${value}`])),
        'z-last': `${value}`,
      })
      await commitFiles(upstream, '0', filesOf(0))
      const host = repositoryAt(join(base, 'host'))
      await upstream.git('clone', '--quiet', upstream.root, host.root)

      let isOver = false
      const pulling = (async () => {
        for (let value = 1; value <= 100; value++) {
          await commitFiles(upstream, `${value}`, filesOf(value))
          await host.git('pull', '--quiet', '--ff-only')
        }
      })().finally(() => {
        isOver = true
      })
      const takes: {
        first: string | undefined
        last: string | undefined
        committed: string
        state: TreeFacts['state']
      }[] = []
      const taking = async () => {
        while (!isOver) await takeOne()
      }
      const takeOne = async () => {
        const run = await mkdtemp(join(base, 'run-'))
        const into = join(run, 'copy')
        const tree = await takeTree({root: host.root, into, packageRoot: PACKAGE_ROOT})
        const [first, last] = await Promise.all(
          ['a-first', 'z-last'].map(name => readFile(join(into, name), 'utf8')),
        )
        const committed = await upstream.git('show', `${tree.commit}:a-first`)
        takes.push({first, last, committed, state: tree.state})
        await rm(run, {recursive: true, force: true})
      }
      // Both end before anything is removed, whichever fails.
      const ends = await Promise.allSettled([taking(), pulling])
      expect(ends.filter(end => end.status === 'rejected')).toEqual([])
      expect(takes.filter(({first, last, committed}) => first !== last || first !== committed)).toEqual([])
      expect(takes.filter(({state}) => state.kind !== 'clean')).toEqual([])
      expect(new Set(takes.map(take => take.first)).size).toBeGreaterThan(10)
    })
  } finally {
    await rm(base, {recursive: true, force: true})
  }
}, 120_000)

/** What a copy holds, and what is said of the tree. */
async function taken(
  root: string,
): Promise<{tree: TreeFacts; files: string[]; read(name: string): Promise<string>}> {
  const base = await mkdtemp(join(tmpdir(), 'deploy-take-tree-'))
  made.push(base)
  const into = join(base, 'copy')
  const tree = await takeTree({root, into, packageRoot: PACKAGE_ROOT})
  const files = (await readdir(into)).filter(name => name !== '.git')
  return {tree, files: files.toSorted(), read: name => readFile(join(into, name), 'utf8')}
}

const made: string[] = []
afterEach(async () => {
  for (const base of made.splice(0)) await rm(base, {recursive: true, force: true})
})

test('a clean commit is copied, and its time is told', () =>
  withRepository(async repository => {
    const commit = await commitFiles(repository, 'first', {a: '1', b: '-> a'})
    const {tree, files, read} = await taken(repository.root)
    expect(tree).toMatchObject({commit, branch: 'master', state: {kind: 'off-upstream'}})
    expect(tree.commitTime).toBe(await repository.git('log', '-1', '--format=%cI'))
    expect(files).toEqual(['a', 'b'])
    expect(await read('b')).toBe('1')
  }))

test("a person's own changes are copied as they are, and nothing of the commit that they took away", () =>
  withRepository(async repository => {
    const commit = await commitFiles(repository, 'first', {a: '1', b: '1', c: '1'})
    await writeFile(join(repository.root, 'a'), '2')
    await rm(join(repository.root, 'b'))
    await writeFile(join(repository.root, 'new'), '')
    const {tree, files, read} = await taken(repository.root)
    expect(tree).toMatchObject({commit, state: {kind: 'dirty', files: ['a', 'b', 'new']}})
    expect(tree.commitTime).toBe(await repository.git('log', '-1', '--format=%cI'))
    expect(files).toEqual(['a', 'c', 'new'])
    expect(await read('a')).toBe('2')
  }))

test('what git cannot look at is copied as it is', () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {a: '1'})
    await writeFile(join(repository.root, '.git', 'index'), 'broken')
    const {tree, files} = await taken(repository.root)
    expect(tree).toMatchObject({commit: undefined, state: {kind: 'not-git'}})
    expect(files).toEqual(['a'])
  }))

test(
  'a lock that was left behind changes nothing, and leaves one copy of the commit at most',
  () =>
    withRepository(async repository => {
      await commitFiles(repository, 'first', {a: '1'})
      await writeFile(join(repository.root, 'a'), '2')
      await writeFile(join(repository.root, '.git', 'index.lock'), '')
      const {tree, read} = await taken(repository.root)
      expect(tree.state.kind).toBe('dirty')
      expect(await read('a')).toBe('2')
      expect((await readdir(made.at(-1) ?? '')).length).toBeLessThanOrEqual(2)
    }),
  60_000,
)

test('where git has no commit, everything is copied', () =>
  withRepository(async ({root}) => {
    await writeFile(join(root, 'a'), '1')
    const {tree, files} = await taken(root)
    expect(tree).toMatchObject({commit: undefined, commitTime: undefined, state: {kind: 'not-git'}})
    expect(files).toEqual(['a'])
  }))
