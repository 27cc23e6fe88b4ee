// Writes dist/: src/ and every package it uses in a few files, since opening hundreds of small ones is most of a start.
// Entries keep their names (oclif finds commands by them); what they share lies in dist/chunks.
import {globSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join, resolve} from 'node:path'
import {rolldown} from 'rolldown'

const root = resolve(import.meta.dirname, '..')
const entries = [
  'cli/main.ts',
  'sandbox/charts-server.ts',
  'sandbox/gate.ts',
  'sandbox/nodes-server.ts',
  ...globSync('commands/**/*.ts', {cwd: join(root, 'src')}),
]

// oclif sorts its commands by the rules of a language, for which node loads tables at every start: 10 to 15 ms, and they are ASCII.
const plainOrder = {
  name: 'plain-order',
  transform(code, id) {
    if (!id.endsWith('@oclif/core/lib/config/plugin.js')) return undefined
    const plain = code.replace('a.id.localeCompare(b.id)', '(a.id < b.id ? -1 : 1)')
    if (plain === code) throw new Error(`${id} sorts in another way by now: see bin/bundle.mjs`)
    return plain
  },
}

await rm(join(root, 'dist'), {recursive: true, force: true})
const bundle = await rolldown({
  input: Object.fromEntries(entries.map(entry => [entry.replace(/\.ts$/, ''), join(root, 'src', entry)])),
  platform: 'node',
  tsconfig: false,
  logLevel: 'warn',
  plugins: [plainOrder],
  // Only looked for when a command is written in TypeScript.
  external: ['typescript', 'ts-node', 'tsx'],
})
await bundle.write({
  dir: join(root, 'dist'),
  format: 'esm',
  entryFileNames: '[name].js',
  // Two levels below the package, as src/*/*.ts are: both find it by going up twice.
  chunkFileNames: 'chunks/[name]-[hash].js',
})
