#!/usr/bin/env -S node --enable-source-maps
// Runs src/ directly: node ≥ 22.18 strips the types itself, so there is nothing to build.
process.env.NODE_ENV = 'development'
const {main} = await import('../src/cli/main.ts')
await main(process.argv.slice(2), import.meta.url)
