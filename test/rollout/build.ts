import {takeBaseline} from '../../src/rollout/baseline.ts'
import type {ApiObject, Baseline, Snapshot, WorkloadKind, WorkloadRef} from '../../src/rollout/verdict.ts'

export const START_MS = Date.parse('2026-11-20T12:00:00Z')

/** A time so many seconds after the rollout began, as Kubernetes writes it. */
export function at(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString().replace('.000Z', 'Z')
}

// biome-ignore lint/suspicious/noExplicitAny: fragments of API objects
export type Fragment = Record<string, any>

export function ref(kind: WorkloadKind = 'Deployment', name = 'shop-main'): WorkloadRef {
  return {kind, namespace: 'shop', name}
}

/** A snapshot ten seconds into the rollout. */
export function aSnapshot(parts: Partial<Snapshot> = {}): Snapshot {
  return {nowMs: START_MS + 10_000, workloads: [], replicaSets: [], pods: [], events: [], ...parts}
}

export const EMPTY_BASELINE: Baseline = takeBaseline(aSnapshot({nowMs: START_MS}))

export function aDeployment(spec: Fragment = {}, status: Fragment = {}, revision = 2): ApiObject {
  const replicas = spec.replicas ?? 3
  return {
    kind: 'Deployment',
    metadata: {
      name: 'shop-main',
      namespace: 'shop',
      uid: 'deployment-uid',
      generation: 2,
      annotations: {'deployment.kubernetes.io/revision': String(revision)},
    },
    spec: {
      strategy: {type: 'RollingUpdate', rollingUpdate: {maxSurge: '25%', maxUnavailable: '25%'}},
      ...spec,
      replicas,
    },
    status: {
      observedGeneration: 2,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      ...status,
    },
  }
}

export function aReplicaSet(revision = 2, conditions: Fragment[] = []): ApiObject {
  return {
    kind: 'ReplicaSet',
    metadata: {
      name: `shop-main-r${revision}`,
      namespace: 'shop',
      uid: `rs-${revision}`,
      annotations: {'deployment.kubernetes.io/revision': String(revision)},
      ownerReferences: [{kind: 'Deployment', name: 'shop-main', uid: 'deployment-uid', controller: true}],
    },
    status: {conditions},
  }
}

export function aStatefulSet(spec: Fragment = {}, status: Fragment = {}): ApiObject {
  const replicas = spec.replicas ?? 2
  return {
    kind: 'StatefulSet',
    metadata: {name: 'shop-main', namespace: 'shop', uid: 'sts-uid', generation: 2},
    spec: {updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 0}}, ...spec, replicas},
    status: {
      observedGeneration: 2,
      replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      updatedReplicas: replicas,
      currentRevision: 'new',
      updateRevision: 'new',
      ...status,
    },
  }
}

export function aDaemonSet(spec: Fragment = {}, status: Fragment = {}): ApiObject {
  return {
    kind: 'DaemonSet',
    metadata: {
      name: 'shop-main',
      namespace: 'shop',
      uid: 'ds-uid',
      generation: 2,
      annotations: {'deprecated.daemonset.template.generation': '2'},
    },
    spec: {updateStrategy: {type: 'RollingUpdate', rollingUpdate: {maxUnavailable: 1}}, ...spec},
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberAvailable: 3,
      numberReady: 3,
      ...status,
    },
  }
}

export function aJob(spec: Fragment = {}, status: Fragment = {}): ApiObject {
  return {
    kind: 'Job',
    metadata: {name: 'shop-main', namespace: 'shop', uid: 'job-uid', generation: 1},
    spec,
    status,
  }
}

export type PodParts = {
  owner?: {kind: string; uid: string}
  labels?: Record<string, string>
  metadata?: Fragment
  spec?: Fragment
  status?: Fragment
  conditions?: Fragment[]
  /** By container name; those not named run and are ready. */
  containers?: Record<string, Fragment>
  initContainers?: Record<string, Fragment>
}

/** A pod of the newest ReplicaSet that runs and is ready, except for what is said. */
export function aPod(name = 'shop-main-abc', parts: PodParts = {}): ApiObject {
  const containers = parts.containers ?? {main: running()}
  const owner = parts.owner ?? {kind: 'ReplicaSet', uid: 'rs-2'}
  const isReady = Object.values(containers).every(each => each.ready !== false)
  const specOf = (container: string, {spec = {}}: Fragment) => ({
    name: container,
    image: `registry/${container}:2`,
    ...spec,
  })
  const statusOf = (container: string, {spec, ...status}: Fragment) => {
    void spec
    return {name: container, restartCount: 0, ...status}
  }
  return {
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      uid: `${name}-uid`,
      creationTimestamp: at(2),
      labels: parts.labels ?? {},
      ownerReferences: [{name: owner.uid, controller: true, ...owner}],
      ...parts.metadata,
    },
    spec: {
      nodeName: 'node-1',
      containers: Object.entries(containers).map(([each, status]) => specOf(each, status)),
      initContainers: Object.entries(parts.initContainers ?? {}).map(([each, status]) =>
        specOf(each, status),
      ),
      ...parts.spec,
    },
    status: {
      phase: 'Running',
      containerStatuses: Object.entries(containers).map(([each, status]) => statusOf(each, status)),
      initContainerStatuses: Object.entries(parts.initContainers ?? {}).map(([each, status]) =>
        statusOf(each, status),
      ),
      conditions: [
        {type: 'PodScheduled', status: 'True'},
        {type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: at(4)},
        ...(parts.conditions ?? []),
      ],
      ...parts.status,
    },
  }
}

export function running(more: Fragment = {}): Fragment {
  return {ready: true, started: true, state: {running: {startedAt: at(3)}}, ...more}
}

export function waiting(reason: string, message = '', more: Fragment = {}): Fragment {
  return {ready: false, state: {waiting: {reason, message}}, ...more}
}

export function terminated(exitCode: number, seconds = 5, more: Fragment = {}): Fragment {
  return {exitCode, reason: exitCode === 0 ? 'Completed' : 'Error', finishedAt: at(seconds), ...more}
}

/** A container that has ended so often and waits for its next start. */
export function backedOff(ends: number, end: Fragment = terminated(1)): Fragment {
  return waiting('CrashLoopBackOff', `back-off restarting failed container`, {
    restartCount: ends - 1,
    lastState: {terminated: end},
  })
}

export function aWarning(about: ApiObject, reason: string, message: string, more: Fragment = {}): ApiObject {
  const {container, ...rest} = more
  return {
    kind: 'Event',
    metadata: {
      name: `${about.metadata.name}.${reason}`,
      namespace: 'shop',
      uid: `${about.metadata.uid}.${reason}`,
    },
    type: 'Warning',
    reason,
    message,
    involvedObject: {
      kind: about.kind,
      uid: about.metadata.uid,
      ...(container === undefined ? {} : {fieldPath: `spec.containers{${container}}`}),
    },
    count: 1,
    firstTimestamp: at(6),
    lastTimestamp: at(8),
    ...rest,
  }
}

/** A Deployment of three whose new pods are these, the old ones still there. */
export function rollingOut(pods: ApiObject[], parts: Partial<Snapshot> & {replicas?: number} = {}): Snapshot {
  const {replicas = 3, ...rest} = parts
  const status = {updatedReplicas: pods.length, replicas: replicas + pods.length}
  return aSnapshot({
    workloads: [aDeployment({replicas}, status)],
    replicaSets: [aReplicaSet(1), aReplicaSet(2)],
    pods: [aPod('shop-main-old', {owner: {kind: 'ReplicaSet', uid: 'rs-1'}}), ...pods],
    ...rest,
  })
}
