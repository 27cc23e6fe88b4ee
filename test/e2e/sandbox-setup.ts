import {kubectl} from './deploy.ts'
import {testSandbox} from './test-sandbox.ts'
import {EXAMPLE_CHARTS} from '../../src/sandbox/charts-tree.ts'
import {sandboxPaths} from '../../src/sandbox/paths.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'

/** One sandbox for the whole run, apart from the one a person may have. It stays up: the next run starts faster. */
export default async function setup(): Promise<void> {
  const name = testSandbox()
  process.env.DEPLOY_SANDBOX = name
  process.env.DEPLOY_TEST_SANDBOX_DIR = sandboxPaths(name, process.env).dir
  // Another checkout may have made it, and be gone.
  const chartsDir = EXAMPLE_CHARTS
  await sandboxUp({name, env: process.env, chartsDir, report: line => process.stderr.write(`${line}\n`)})
  await forgetRuns()
}

// A run that an earlier test run left unfinished, locks included, would keep this one from deploying that service.
async function forgetRuns(): Promise<void> {
  const words = ['delete', 'configmaps', '--all-namespaces', '-l', 'app.kubernetes.io/managed-by=deploy']
  await Promise.all((['staging', 'eqiad', 'codfw'] as const).map(cluster => kubectl(cluster, words)))
}
