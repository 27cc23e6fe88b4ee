import {mkdir, mkdtemp, readdir, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {snapshotTree} from '../../src/tools/snapshot.ts'
import {readTree} from '../../src/tools/tree.ts'
import {commitFiles, type Repository, withRepository} from './repository.ts'

const FILES = {
  'README.md': 'text',
  'deploy.yaml': '',
  'helmfile.d/services/echo/helmfile.yaml': 'chart: wmf-stable/echo',
  'charts/echo/Chart.yaml': 'name: echo',
  'modules/mesh/name.tpl': '',
  '.rake/task.rb': '',
}

async function copied(repository: Repository): Promise<string[]> {
  const into = await mkdtemp(join(tmpdir(), 'deploy-snapshot-'))
  try {
    await snapshotTree(await readTree(repository.root), into)
    return (await readdir(into)).toSorted()
  } finally {
    await rm(into, {recursive: true})
  }
}

const LEAST = ['README.md', 'deploy.yaml', 'helmfile.d']

test.each([
  ['nothing beside helmfile.d is named', 'values: [values.yaml]', LEAST],
  ['a comment names it', '# see charts/echo\nvalues: [] # ../../../modules', LEAST],
  ['another directory is called so at its end', 'readFile "/srv/deployment-charts/README.md"', LEAST],
  ['a chart is a directory', 'chart: ../../../charts/echo', ['charts', ...LEAST]],
  ['a template reads it', '{{ readFile "../../../modules/mesh/name.tpl" }}', [...LEAST, 'modules']],
  ['its name is put together', '{{ printf "../../../%s/x" "charts" }}', ['charts', ...LEAST]],
  [
    'both are named',
    '{{ readDir "../../../charts" }}{{ readDir "../../../modules" }}',
    ['charts', ...LEAST, 'modules'],
  ],
  ['a hidden one is named', 'x: ../../../.rake/task.rb', ['.rake', ...LEAST]],
])('of a commit that is copied which helmfile can read: %s', (_, text, expected) =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {...FILES, 'helmfile.d/services/echo/base.gotmpl': text})
    expect(await copied(repository)).toEqual(expected.toSorted())
  }),
)

test('what a link leads to is copied', () =>
  withRepository(async repository => {
    await mkdir(join(repository.root, 'helmfile.d/services/echo'), {recursive: true})
    await symlink('../../../modules/mesh', join(repository.root, 'helmfile.d/services/echo/mesh'))
    await commitFiles(repository, 'first', FILES)
    expect(await copied(repository)).toEqual([...LEAST, 'modules'])
  }))

test('what is named and not committed is not there', () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {
      ...FILES,
      '.gitignore': 'node_modules',
      'helmfile.d/x.yaml': 'a: ../node_modules/b',
    })
    await mkdir(join(repository.root, 'node_modules'))
    await writeFile(join(repository.root, 'node_modules/b'), '')
    expect(await copied(repository)).toEqual(['.gitignore', ...LEAST])
  }))

test("a person's own changes are copied with everything around them", () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', FILES)
    await writeFile(join(repository.root, 'README.md'), 'changed')
    expect(await copied(repository)).toEqual(['.rake', 'charts', ...LEAST, 'modules'].toSorted())
  }))
