#!/usr/bin/env node
import module from 'node:module'

module.enableCompileCache?.()
process.env.NODE_ENV ??= 'production'
const {main} = await import('../dist/cli/main.js')
await main(process.argv.slice(2), import.meta.url)
