import {mkdir, mkdtemp, readFile, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, expect, test} from 'vitest'
import {substitute} from '../../src/tools/tree.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deploy-substitute-'))
  await mkdir(join(root, 'services', 'shop'), {recursive: true})
  await mkdir(join(root, 'services', 'common'))
  await mkdir(join(root, 'elsewhere'))
})
afterEach(() => rm(root, {recursive: true}))

const TEXT = 'values: [/etc/defaults/general.yaml, /etc/defaults/x]\n'
const replace = () => substitute(join(root, 'services'), {'/etc/defaults': '/home/me/etc/defaults'})

test('every text of a helmfile, its values and templates is replaced, once', async () => {
  const names = ['shop/helmfile.yaml', 'shop/values.yml', 'shop/base.gotmpl', 'shop/notes.txt']
  await Promise.all(names.map(name => writeFile(join(root, 'services', name), TEXT)))
  replace()
  const [helmfile, values, base, notes] = await Promise.all(
    names.map(name => readFile(join(root, 'services', name), 'utf8')),
  )
  expect(helmfile).toBe('values: [/home/me/etc/defaults/general.yaml, /home/me/etc/defaults/x]\n')
  expect([values, base, notes]).toEqual([helmfile, helmfile, TEXT])
})

test("links are not followed: what lies elsewhere is somebody's own, and what lies here is replaced once", async () => {
  await writeFile(join(root, 'elsewhere', 'own.yaml'), TEXT)
  await writeFile(join(root, 'services', 'common', 'values.yaml'), TEXT)
  await symlink(join(root, 'elsewhere'), join(root, 'services', 'shop', 'mine'))
  await symlink('../common', join(root, 'services', 'shop', 'common'))
  await symlink('..', join(root, 'services', 'shop', 'up'))
  await symlink(join(root, 'elsewhere', 'own.yaml'), join(root, 'services', 'shop', 'own.yaml'))
  replace()
  expect(await readFile(join(root, 'elsewhere', 'own.yaml'), 'utf8')).toBe(TEXT)
  expect(await readFile(join(root, 'services', 'common', 'values.yaml'), 'utf8')).toBe(
    TEXT.replaceAll('/etc/defaults', '/home/me/etc/defaults'),
  )
})
