import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import type {Snapshot} from '../../src/rollout/verdict.ts'
import {stopProcess} from '../../src/sandbox/processes.ts'
import {sandboxUp} from '../../src/sandbox/up.ts'
import {exec} from '../../src/tools/exec.ts'
import {container, deployment} from './case-objects.ts'
import {kubectl} from './case-run.ts'
import {nodesSandbox} from './case-sandbox.ts'
import {type Happening, until} from './happening.ts'
import {configKeptFromNode, lateConfigMap} from './happenings-config.ts'
import {breakPod, evictPod, preemption} from './happenings-pods.ts'
import {deleteImage, lateRegistry, privateRegistry} from './happenings-registry.ts'

/** By the case's name; most are about the namespace that it is deployed to. */
export const HAPPENINGS: Readonly<Record<string, (namespace: string) => Promise<Happening>>> = {
  'missing-tag': async () => ({hook: await deleteImage()}),
  'unauthorised-registry': privateRegistry,
  'registry-down-8s': lateRegistry,
  'node-appears': lateNode,
  'fix-forward': async namespace => ({begin: () => installCrashing(namespace)}),
  'evicted-pod': async () => ({during: evictPod}),
  'one-bad-pod': async () => ({during: breakPod}),
  'preempted-pod': async namespace => preemption(namespace),
  'late-volume': async namespace => ({during: latest => lateConfigMap(namespace, latest)}),
  'unsynced-volume': async namespace => configKeptFromNode(namespace),
  'unsynced-config': async namespace => configKeptFromNode(namespace),
  'certificate-refused': async namespace => ({during: latest => refuseCertificate(namespace, latest)}),
}

/** What happens to a node or a registry happens to all who are deployed meanwhile. */
export const SHARED_HAPPENINGS: ReadonlySet<string> = new Set(['registry-down-8s', 'node-appears'])

/** The only node of a cluster goes away with its kubelet, and comes back 5 s after the scheduler has found none. */
async function lateNode(): Promise<Happening> {
  const {name} = nodesSandbox()
  return {
    async begin() {
      await stopProcess(nodesSandbox(), 'kubelet-codfw')
      await kubectl('codfw', ['delete', 'nodes', '--all'])
    },
    async during(latest) {
      await until(() => /Unschedulable/.test(JSON.stringify(latest().pods)))
      await sleep(5000)
      await sandboxUp({name, env: process.env, report: () => {}})
    },
  }
}

/** What cert-manager writes when its issuer does not want to. */
async function refuseCertificate(namespace: string, latest: () => Snapshot): Promise<void> {
  await until(() => latest().workloads.some(({kind}) => kind === 'Certificate'))
  const condition = {
    type: 'Ready',
    status: 'False',
    reason: 'Failed',
    message: 'The issuer does not sign for demo.test',
    observedGeneration: 1,
    lastTransitionTime: new Date().toISOString(),
  }
  const patch = JSON.stringify({status: {conditions: [condition]}})
  const where = ['--namespace', namespace, '--subresource', 'status', '--type', 'merge']
  await kubectl('staging', ['patch', 'certificate', 'demo', ...where, '--patch', patch])
}

/** By helm alone, which waits for nothing: deploy would have gone back by now. */
async function installCrashing(namespace: string): Promise<void> {
  const {bin, charts, deployConfig} = nodesSandbox()
  const values = JSON.stringify({objects: [deployment(container('crash'))]})
  const chart = join(charts, 'case-0.1.0.tgz')
  const config = deployConfig(namespace, 'staging')
  const args = [
    'upgrade',
    '--install',
    'main',
    chart,
    '--namespace',
    namespace,
    '--kubeconfig',
    config,
    '--values',
    '-',
  ]
  const installed = await exec(join(bin, 'helm3.19'), args, {input: values})
  if (installed.failed) throw new Error(installed.stderr)
  const restarts = 'jsonpath={.items[*].status.containerStatuses[*].restartCount}'
  const read = () => kubectl('staging', ['get', 'pods', '--namespace', namespace, '--output', restarts])
  await until(async () => Number(await read()) > 1)
}
