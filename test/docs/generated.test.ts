import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {expect, test} from 'vitest'
import {GENERATED} from '../../src/docs/generated.ts'

const root = join(import.meta.dirname, '..', '..')

test.each(GENERATED)('$path is what the code says (npm run docs)', async ({path, render}) => {
  const current = await readFile(join(root, path), 'utf8')
  expect(render(current)).toBe(current)
})
