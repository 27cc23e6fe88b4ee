import {join} from 'node:path'
import {type Cluster, openCluster} from '../../src/cluster/client.ts'
import type {ApiObject} from '../../src/rollout/verdict.ts'

/** A kubeconfig of the sandbox that vitest's globalSetup started. */
export function kubeconfigPath(name: string): string {
  const directory = process.env.DEPLOY_TEST_SANDBOX_DIR
  if (directory === undefined) throw new Error('DEPLOY_TEST_SANDBOX_DIR is not set')
  return join(directory, 'etc/kubernetes', `${name}.config`)
}

/** A namespace of one test's own, as admin: no other test sees it. */
export async function withScratchNamespace(
  run: (cluster: Cluster, namespace: string) => Promise<void>,
): Promise<void> {
  const cluster = await openCluster(kubeconfigPath('admin-staging'))
  const namespace = `scratch-${Math.random().toString(36).slice(2, 8)}`
  await cluster.create({apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}})
  try {
    await run(cluster, namespace)
  } finally {
    await cluster.delete({kind: 'Namespace', name: namespace}).catch(() => {})
    await cluster.close()
  }
}

/** A Deployment of simulated pods: what they do is in the image's tag (docs/sandbox.md). */
export function aDeployment(namespace: string, tag: string, replicas = 2): ApiObject {
  const labels = {app: 'scratch'}
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'scratch', namespace},
    spec: {
      replicas,
      selector: {matchLabels: labels},
      template: {
        metadata: {labels},
        spec: {containers: [{name: 'main', image: `registry.example/scratch:${tag}`}]},
      },
    },
  }
}

/** Wait until it is so; with what was seen last when it never is. */
export async function until<T>(read: () => T, isSo: (value: T) => boolean, timeoutMs = 30_000): Promise<T> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const value = read()
    if (isSo(value)) return value
    if (performance.now() > endMs) throw new Error(`never came: ${JSON.stringify(value).slice(0, 2000)}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
