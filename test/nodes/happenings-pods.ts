import type {ApiObject, Snapshot} from '../../src/rollout/verdict.ts'
import {apply, kubectl} from './case-run.ts'
import {DEMO_IMAGE} from './case-objects.ts'
import {type Happening, until} from './happening.ts'

/** As a drained node does it. */
export async function evictPod(latest: () => Snapshot): Promise<void> {
  const {name, namespace} = (await runningPod(latest)).metadata
  const eviction = {apiVersion: 'policy/v1', kind: 'Eviction', metadata: {name, namespace}}
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
  await kubectl('staging', ['create', '--raw', path, '--filename', '-'], JSON.stringify(eviction))
}

/** One of several: its container is told to end, and fails when it starts again. */
export async function breakPod(latest: () => Snapshot): Promise<void> {
  const {name, namespace = ''} = (await runningPod(latest)).metadata
  const inPod = ['exec', name, '--namespace', namespace, '--container', 'demo', '--', 'sh', '-c']
  await kubectl('staging', [...inPod, 'touch /state/bad'])
  // What ends the container ends this as well.
  await kubectl('staging', [...inPod, 'kill 1']).catch(() => {})
  await until(() => latest().pods.some(pod => pod.metadata.name === name && restartsOf(pod) > 1))
}

/** A pod of a higher priority may not stand beside one of them. */
export function preemption(namespace: string): Happening {
  const inNamespace = ['--namespace', namespace]
  return {
    async during(latest) {
      const {name} = (await runningPod(latest)).metadata
      await kubectl('staging', ['label', 'pod', name, 'stands=in-the-way', ...inNamespace])
      await apply('staging', preemptor(namespace))
      await until(() => /PreemptionByScheduler/.test(JSON.stringify(latest().pods)))
    },
    async end() {
      const now = ['--ignore-not-found', '--force', '--grace-period', '0']
      await kubectl('staging', ['delete', 'pod', PREEMPTOR, ...inNamespace, ...now])
    },
  }
}

const PREEMPTOR = 'more-important'

function preemptor(namespace: string): object {
  const labelSelector = {matchLabels: {stands: 'in-the-way'}}
  const term = {labelSelector, topologyKey: 'kubernetes.io/hostname'}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: PREEMPTOR, namespace},
    spec: {
      priorityClassName: 'demo-preempts',
      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [term]}},
      containers: [{name: 'pause', image: DEMO_IMAGE, env: [{name: 'DEMO', value: 'pause'}]}],
    },
  }
}

async function runningPod(latest: () => Snapshot): Promise<ApiObject> {
  const find = () => latest().pods.find(pod => isOurs(pod) && pod.status?.phase === 'Running')
  await until(() => find() !== undefined)
  return find() as ApiObject
}

function isOurs({metadata}: ApiObject): boolean {
  return metadata.labels?.app === 'demo' && metadata.deletionTimestamp === undefined
}

function restartsOf({status}: ApiObject): number {
  return status?.containerStatuses?.[0]?.restartCount ?? 0
}
