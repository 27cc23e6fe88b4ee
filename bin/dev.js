#!/usr/bin/env -S node --enable-source-maps
// Runs src/ directly, commands included: node strips the types itself, so there is nothing to build.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'

process.env.NODE_ENV = 'development'
const root = join(import.meta.dirname, '..')
const pjson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const {main} = await import('../src/cli/main.ts')
await main(process.argv.slice(2), {
  root,
  ignoreManifest: true,
  pjson: {...pjson, oclif: {...pjson.oclif, commands: './src/commands'}},
})
