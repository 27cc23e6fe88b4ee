import {inject} from 'vitest'
import {sandboxPaths} from '../../src/sandbox/paths.ts'

// Before each test file: the files of one lane follow each other in one sandbox.
const name = inject('sandboxes')[Number(process.env.VITEST_POOL_ID) - 1]
if (name === undefined) throw new Error(`there is no sandbox for lane ${process.env.VITEST_POOL_ID}`)
process.env.DEPLOY_TEST_SANDBOX = name
process.env.DEPLOY_SANDBOX = name
process.env.DEPLOY_TEST_SANDBOX_DIR = sandboxPaths(name, process.env).dir
