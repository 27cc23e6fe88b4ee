import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
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
        const into = join(base, 'copy')
        const tree = await takeTree({root: host.root, into, packageRoot: PACKAGE_ROOT})
        const [first, last] = await Promise.all(
          ['a-first', 'z-last'].map(name => readFile(join(into, name), 'utf8')),
        )
        const committed = await upstream.git('show', `${tree.commit}:a-first`)
        takes.push({first, last, committed, state: tree.state})
        await rm(into, {recursive: true, force: true})
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

test("a person's own changes are copied as they are", () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {a: '1'})
    await writeFile(join(repository.root, 'a'), '2')
    const into = await mkdtemp(join(tmpdir(), 'deploy-take-tree-'))
    const tree = await takeTree({root: repository.root, into, packageRoot: PACKAGE_ROOT})
    expect(tree.state).toEqual({kind: 'dirty', files: ['a']})
    expect(await readFile(join(into, 'a'), 'utf8')).toBe('2')
    await rm(into, {recursive: true, force: true})
  }))
