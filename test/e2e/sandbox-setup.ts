import {join} from 'node:path'
import type {TestProject} from 'vitest/node'
import {testSandboxes} from './test-sandbox.ts'
import {EXAMPLE_CHARTS} from '../../src/sandbox/charts-tree.ts'
import {CLUSTERS} from '../../src/sandbox/names.ts'
import {sandboxPaths} from '../../src/sandbox/paths.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'
import {exec} from '../../src/tools/exec.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** One for each lane of test files. */
    sandboxes: string[]
  }
}

/** The sandboxes of the whole run, apart from the one a person may have. They stay up: the next run starts faster. */
export default async function setup(project: TestProject): Promise<void> {
  const names = testSandboxes()
  // The first one builds what all of them need.
  for (const name of names) await ready(name)
  project.provide('sandboxes', names)
}

async function ready(name: string): Promise<void> {
  // Another checkout may have made it, and be gone.
  const chartsDir = EXAMPLE_CHARTS
  await sandboxUp({name, env: process.env, chartsDir, report: line => process.stderr.write(`${line}\n`)})
  await forgetRuns(name)
}

// A run that an earlier test run left unfinished, locks included, would keep this one from deploying that service.
async function forgetRuns(name: string): Promise<void> {
  const {adminConfig, bin} = sandboxPaths(name, process.env)
  const words = ['delete', 'configmaps', '--all-namespaces', '-l', 'app.kubernetes.io/managed-by=deploy']
  const forgotten = CLUSTERS.map(cluster =>
    exec(join(bin, 'kubectl'), ['--kubeconfig', adminConfig(cluster), ...words]),
  )
  for (const {failed, stderr} of await Promise.all(forgotten)) if (failed) throw new Error(stderr)
}
