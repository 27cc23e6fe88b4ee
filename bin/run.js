#!/usr/bin/env node
import module from 'node:module'
import {homedir} from 'node:os'
import {join} from 'node:path'

// Not in TMPDIR, node's own choice: a deployment leaves nothing there.
const cache = process.env.XDG_CACHE_HOME || join(process.env.HOME || homedir(), '.cache')
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE || join(cache, 'deploy', 'compile'))
process.env.NODE_ENV ??= 'production'
const {main} = await import('../dist/cli/main.js')
await main(process.argv.slice(2), import.meta.url)
