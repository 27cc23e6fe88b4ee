import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, test} from 'vitest'
import {filesOutside, pathsInTree} from '../../src/flow/tree-paths.ts'
import type {StateRelease} from '../../src/tools/helmfile-state.ts'

let base: string
let root: string
let directory: string
let tree: {root: string; checkout: string}
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'deploy-tree-paths-'))
  root = join(base, 'tree')
  directory = join(root, 'helmfile.d/services/shop')
  tree = {root, checkout: root}
  for (const name of ['helmfile.d/services/shop', 'helmfile.d/services/_common_', 'charts/shop', '../etc'])
    await mkdir(join(root, name), {recursive: true})
  const files = ['values.yaml', 'values-eqiad.yaml', 'values-codfw.yaml', 'values-canary-codfw.yaml']
  for (const name of [
    ...files,
    'helmfile.yaml',
    '../global.yaml',
    '../_common_/all.yaml',
    '../_common_/it.yaml',
  ])
    await writeFile(join(directory, name), '')
  await writeFile(join(base, 'etc/private.yaml'), '')
  await symlink('../_common_/all.yaml', join(directory, 'all.yaml'))
  await symlink(join(base, 'etc/private.yaml'), join(directory, 'leads-out.yaml'))
})
afterAll(() => rm(base, {recursive: true, force: true}))

const release = (files: readonly string[]): StateRelease => ({
  namespace: 'shop',
  name: 'main',
  chart: 'wmf-stable/shop',
  isInstalled: true,
  needs: [],
  hasPostHook: false,
  timeoutMs: 1000,
  recreatesPods: false,
  takesOwnership: false,
  environmentFiles: [],
  values: [],
  files,
})

test('a release is made from its directory, what its links and values name, its chart, and what all share', async () => {
  const written = release([
    'values.yaml',
    'values-eqiad.yaml',
    '../_common_/it.yaml',
    'all.yaml',
    'missing.yaml',
  ])
  const paths = await pathsInTree(tree, directory, 'wmf-stable/shop', written, ['codfw', 'staging', 'canary'])
  expect(paths[0]).toBe('helmfile.d/services/shop')
  expect(paths.slice(1).toSorted()).toEqual([
    ':(exclude)helmfile.d/services/shop/values-canary-codfw.yaml',
    ':(exclude)helmfile.d/services/shop/values-codfw.yaml',
    ':(exclude,glob)**/.fixtures/**',
    'charts/shop',
    'helmfile.d/services/_common_/all.yaml',
    'helmfile.d/services/_common_/it.yaml',
    'helmfile.d/services/global.yaml',
  ])
})

test('a chart that is a directory; one that is nowhere in the repository', async () => {
  expect(await pathsInTree(tree, directory, '../../../charts/shop', undefined, [])).toContain('charts/shop')
  expect(await pathsInTree(tree, directory, '../../../charts/shop', undefined, [], false)).toContain(
    'charts/shop',
  )
  expect(await pathsInTree(tree, directory, 'wmf-stable/shop', undefined, [], false)).not.toContain(
    'charts/shop',
  )
  expect(await pathsInTree(tree, directory, 'oci://registry.example/other', undefined, [])).not.toContain(
    'charts/shop',
  )
})

test('files outside are those that lie elsewhere, also behind a link of the repository, and that may be missing', async () => {
  const outside = join(base, 'etc/private.yaml')
  const missing = join(base, 'etc/missing.yaml')
  const written = release(['values.yaml', outside, missing, 'leads-out.yaml', 'values-it.yaml'])
  expect(await filesOutside(root, directory, written)).toEqual([outside, missing])
})

test('a chart that is published is found where the copy was made from', async () => {
  const checkout = join(base, 'checkout')
  await mkdir(join(checkout, 'charts/echo'), {recursive: true})
  expect(await pathsInTree({root, checkout}, directory, 'wmf-stable/echo', undefined, [])).toContain(
    'charts/echo',
  )
})
