import {join} from 'node:path'
import type {TestProject} from 'vitest/node'
import {sandboxDown} from '../../src/sandbox/down.ts'
import {sandboxPaths} from '../../src/sandbox/paths.ts'
import {realNodesRefusal} from '../../src/sandbox/real-requirements.ts'
import {pushToSandbox} from '../../src/sandbox/registry.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'
import {testSandbox} from '../e2e/test-sandbox.ts'
import {CASES} from './cases.ts'
import {writeCaseRepository} from './case-repository.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why there can be no real nodes here; empty when there can. */
    nodesRefusal: string
  }
}

/** The sandbox of the cases on real nodes. */
export function nodesSandbox() {
  return sandboxPaths(`${testSandbox()}-nodes`, process.env)
}

/** The charts repository it was made with. */
export function casesDir(): string {
  return join(nodesSandbox().dir, 'cases')
}

/** One sandbox for all cases; where there can be no real nodes, the suite says so, and why. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const refusal = (await realNodesRefusal(process.env)) ?? ''
  project.provide('nodesRefusal', refusal)
  if (refusal !== '') {
    process.stderr.write(`real nodes: skipped, ${refusal}\n`)
    return undefined
  }
  const {name} = nodesSandbox()
  const report = (line: string) => process.stderr.write(`${line}\n`)
  const isKept = process.env.DEPLOY_TEST_KEEP === '1'
  // What an interrupted run left behind says nothing of this one.
  if (!isKept) await sandboxDown({name, env: process.env, purge: true, report: () => {}})
  await writeCaseRepository(
    casesDir(),
    CASES.map(each => each.name),
  )
  await sandboxUp({name, env: process.env, nodes: 'real', chartsDir: casesDir(), report})
  await pushToSandbox(name, process.env, 'cases/demo:1')
  return async () => {
    if (!isKept) await sandboxDown({name, env: process.env, purge: true, report})
  }
}
