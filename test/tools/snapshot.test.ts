import {mkdir, mkdtemp, readdir, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {takeTree} from '../../src/tools/take-tree.ts'
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
  const base = await mkdtemp(join(tmpdir(), 'deploy-snapshot-'))
  const into = join(base, 'copy')
  try {
    await takeTree({root: repository.root, into, packageRoot: PACKAGE_ROOT})
    return (await readdir(into)).toSorted()
  } finally {
    await rm(base, {recursive: true})
  }
}

const LEAST = ['.rake', 'README.md', 'deploy.yaml', 'helmfile.d', 'modules']
const ALL = [...LEAST, 'charts'].toSorted()

test.each([
  ['no helmfile names them', 'values: [values.yaml, ../_common_/{{ .Environment.Name }}.yaml]', LEAST],
  ['a comment names them', '# see charts/echo', LEAST],
  ['another directory is called so at its end', 'readFile "/srv/deployment-charts/README.md"', LEAST],
  ['one of them is a directory', 'chart: ../../../charts/echo', ALL],
  ['a template reads one', '{{ readFile "../../../charts/echo/Chart.yaml" }}', ALL],
  ['their name is put together', '{{ printf "../../../%s/x" "charts" }}', ALL],
  ['it is glued to another text', '{{ printf "%scharts/x" $root }}', ALL],
  ['a path out of helmfile.d is a template', 'values: [../../../{{ .Values.from }}/values.yaml]', ALL],
  ['it begins like one', 'values: ["../../../c*/values.yaml"]', ALL],
])('the charts of a commit are copied where they can be read: %s', (_, text, expected) =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {...FILES, 'helmfile.d/services/echo/base.gotmpl': text})
    expect(await copied(repository)).toEqual(expected)
  }),
)

test('what a file beside helmfile.d names, or a link leads to', () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {...FILES, 'base.yaml': 'values: [charts/echo/values.yaml]'})
    expect(await copied(repository)).toContain('charts')
    await commitFiles(repository, 'second', {
      'base.yaml': '',
      'helmfile.d/services/echo/mesh': '-> ../../../charts/echo',
    })
    expect(await copied(repository)).toContain('charts')
  }))

test('what is named and not committed is not there', () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {
      ...FILES,
      '.gitignore': 'ours',
      'helmfile.d/x.yaml': 'a: ../ours/b',
    })
    await mkdir(join(repository.root, 'ours/b'), {recursive: true})
    await writeFile(join(repository.root, 'ours/b/Chart.yaml'), '')
    expect(await copied(repository)).toEqual(['.gitignore', ...LEAST])
  }))

test("a person's own changes are copied with everything around them", () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', FILES)
    await writeFile(join(repository.root, 'README.md'), 'changed')
    expect(await copied(repository)).toEqual(ALL)
  }))

test('what a hidden file names that a helmfile may be based on', () =>
  withRepository(async repository => {
    await commitFiles(repository, 'first', {...FILES, '.base.yaml': 'values: [charts/echo/values.yaml]'})
    expect(await copied(repository)).toContain('charts')
  }))

describe('where a program fails', () => {
  const searchPath = process.env.PATH
  let programs: string
  beforeEach(async () => {
    programs = await mkdtemp(join(tmpdir(), 'deploy-programs-'))
    process.env.PATH = `${programs}:${searchPath}`
  })
  afterEach(async () => {
    process.env.PATH = searchPath
    await rm(programs, {recursive: true})
  })
  const failing = (name: string, text: string) =>
    writeFile(join(programs, name), `#!/bin/sh\n${text}\n`, {mode: 0o700})

  test.each(['grep', 'find'])('%s: everything may be wanted', name =>
    withRepository(async repository => {
      await commitFiles(repository, 'first', FILES)
      await failing(name, 'exit 2')
      expect(await copied(repository)).toEqual(ALL)
    }),
  )

  test.each([
    ['halfway', 'echo "tar: echo: it cannot" >&2; exit 2', 'it cannot'],
    ['for want of room', 'echo "tar: echo: No space left on device" >&2; exit 2', 'there is no room in'],
  ])('tar, %s: it is told', (_, text, told) =>
    withRepository(async repository => {
      await commitFiles(repository, 'first', FILES)
      await failing('tar', text)
      await expect(copied(repository)).rejects.toThrow(told)
    }),
  )

  test('what tar likes to say besides changes nothing', () =>
    withRepository(async repository => {
      await commitFiles(repository, 'first', FILES)
      await failing('tar', 'exec /usr/bin/tar -v "$@"')
      expect(await copied(repository)).toEqual(LEAST)
    }))
})
