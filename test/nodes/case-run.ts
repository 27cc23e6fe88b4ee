import {join} from 'node:path'
import type {Outcome} from '../../src/plan/outcome.ts'
import {PACKAGE_ROOT} from '../../src/sandbox/paths.ts'
import {exec} from '../../src/tools/exec.ts'
import type {Cluster} from '../../src/sandbox/names.ts'
import {casesDir, nodesSandbox} from './case-sandbox.ts'

/** Deploy a case as a user would. */
export async function deployCase(
  name: string,
  environment: string,
  windowSeconds = 2,
): Promise<{outcome: Outcome; said: string}> {
  const args = [
    'service',
    name,
    '-e',
    environment,
    '--yes',
    '--retry',
    '--json',
    '--window',
    `${windowSeconds}s`,
  ]
  const env = {DEPLOY_SANDBOX: nodesSandbox().name, NO_COLOR: '1'}
  const ran = await exec(join(PACKAGE_ROOT, 'bin', 'deploy'), args, {
    cwd: casesDir(),
    env,
    timeoutMs: 280_000,
  })
  try {
    return {outcome: JSON.parse(ran.stdout) as Outcome, said: ran.stderr}
  } catch {
    throw new Error(`deploy ${args.join(' ')} ended with ${ran.exitCode}: ${ran.stdout} ${ran.stderr}`)
  }
}

/** kubectl as the administrator of a cluster. */
export async function kubectl(cluster: Cluster, args: readonly string[], input?: string): Promise<string> {
  const {bin, adminConfig} = nodesSandbox()
  const all = ['--kubeconfig', adminConfig(cluster), ...args]
  const result = await exec(join(bin, 'kubectl'), all, input === undefined ? {} : {input})
  if (result.failed) throw new Error(`kubectl ${args.join(' ')}: ${result.stderr}`)
  return result.stdout
}

export async function apply(cluster: Cluster, ...objects: readonly object[]): Promise<void> {
  // Several cases may bring the same object of the whole cluster at once: only the server can tell who is first.
  const how = ['apply', '--server-side', '--force-conflicts', '--filename', '-']
  for (const object of objects) await kubectl(cluster, how, JSON.stringify(object))
}

const KINDS = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'pods',
  'services',
  'ingresses',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'resourcequotas',
  'horizontalpodautoscalers',
  'certificates.cert-manager.io',
]

/** Also helm's records and deploy's own: the next case begins as on a first day. The cluster's own ConfigMap comes back. */
export async function clearNamespace(cluster: Cluster, namespace: string): Promise<void> {
  // Of a pod whose sandbox cannot be made, the node never says that it has ended.
  const all = ['--all', '--namespace', namespace, '--force', '--grace-period', '0']
  await kubectl(cluster, ['delete', KINDS.join(','), ...all])
}
