// `npm run docs`: brings the generated parts of the documentation and the schemas up to date with the code.
import {readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {GENERATED} from './generated.ts'

const root = join(import.meta.dirname, '..', '..')
for (const {path, render} of GENERATED) {
  const file = join(root, path)
  const current = await readFile(file, 'utf8').catch(() => '')
  const wanted = render(current)
  if (wanted === current) continue
  await writeFile(file, wanted)
  process.stdout.write(`wrote ${path}\n`)
}
