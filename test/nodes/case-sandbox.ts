import {join} from 'node:path'
import {sandboxDown} from '../../src/sandbox/down.ts'
import {sandboxPaths} from '../../src/sandbox/paths.ts'
import {pushToSandbox} from '../../src/sandbox/registry.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'
import {testSandbox} from '../e2e/test-sandbox.ts'
import {writeCaseRepository} from './case-repository.ts'

/** The sandbox of the cases on real nodes. */
export function nodesSandbox() {
  return sandboxPaths(`${testSandbox()}-nodes`, process.env)
}

/** The charts repository it was made with. */
export function casesDir(): string {
  return join(nodesSandbox().dir, 'cases')
}

// For those who work on a case: the next run begins at once, and with what the last one left.
const isKept = process.env.DEPLOY_TEST_KEEP === '1'
const report = (line: string) => process.stderr.write(`${line}\n`)

/** One sandbox for all cases, with a service and a namespace of each name. */
/** Brings the nodes up for these namespaces, and down again however it ends, also at a Ctrl-C. */
export async function withCases(names: readonly string[], act: () => Promise<void>): Promise<void> {
  process.once('SIGINT', () => void casesDown().finally(() => process.exit(130)))
  await casesUp(names)
  try {
    await act()
  } finally {
    await casesDown()
  }
}

export async function casesUp(names: readonly string[]): Promise<void> {
  const {name} = nodesSandbox()
  // What an interrupted run left behind says nothing of this one.
  if (!isKept) await sandboxDown({name, env: process.env, purge: true, report: () => {}})
  await writeCaseRepository(casesDir(), names)
  await sandboxUp({name, env: process.env, nodes: 'real', chartsDir: casesDir(), report})
  await pushToSandbox(name, process.env, 'cases/demo:1')
}

export async function casesDown(): Promise<void> {
  if (!isKept) await sandboxDown({name: nodesSandbox().name, env: process.env, purge: true, report})
}
