import type {Case} from './case.ts'
import {after, configMap, container, deployment, type Fields} from './case-objects.ts'

const LOW = 'demo-may-be-preempted'

/** Trouble that is over by itself: a verdict would be a false alarm. */
export const PASSING_CASES: readonly Case[] = [
  {
    name: 'one-bad-pod',
    title: 'one of five pods crashes, and runs later',
    objects: [
      deployment(
        container('slow', {...onceBad(), ...after('10s')}),
        {replicas: 5},
        {volumes: [{name: 'state', emptyDir: {}}]},
      ),
    ],
    expected: 'ready',
  },
  {
    name: 'evicted-pod',
    title: 'a new pod is evicted, and replaced',
    objects: [deployment(container('slow', after('10s')), {replicas: 2})],
    expected: 'ready',
  },
  {
    name: 'preempted-pod',
    title: 'a new pod is preempted by a higher priority, and replaced',
    given: [priorityClass(LOW, -10), priorityClass('demo-preempts', 10)],
    objects: [deployment(container('slow', after('10s')), {replicas: 2}, {priorityClassName: LOW})],
    expected: 'ready',
  },
  {
    name: 'late-volume',
    title: 'a ConfigMap that it mounts comes later',
    objects: [deployment(container('', mounted()), {}, {volumes: [volumeOf('late')]})],
    expected: 'ready',
    suspected: 'volume-fault',
  },
  {
    name: 'unsynced-volume',
    title: 'the node cannot read a ConfigMap that it mounts, and can later',
    objects: [
      configMap({known: 'value'}),
      deployment(container('', mounted()), {}, {volumes: [volumeOf('demo')]}),
    ],
    expected: 'ready',
    suspected: 'volume-fault',
  },
  {
    name: 'unsynced-config',
    title: 'the node cannot read a ConfigMap of its environment, and can later',
    objects: [
      configMap({known: 'value'}),
      // Its token would be mounted with a ConfigMap, and the pod wait for that before.
      deployment(
        container('', {envFrom: [{configMapRef: {name: 'demo'}}]}),
        {},
        {automountServiceAccountToken: false},
      ),
    ],
    expected: 'ready',
    suspected: 'config-not-synced',
  },
]

/** Whose file `bad` is there fails the next time, and only then (see happenings-pods.ts). */
function onceBad(): Fields {
  const script = '[ ! -e /state/bad ] || { rm /state/bad; exit 1; }; exec /demo'
  return {command: ['sh', '-c', script], volumeMounts: [{name: 'state', mountPath: '/state'}]}
}

function mounted(): Fields {
  return {volumeMounts: [{name: 'settings', mountPath: '/settings'}]}
}

function volumeOf(name: string): Fields {
  return {name: 'settings', configMap: {name}}
}

function priorityClass(name: string, value: number): object {
  return {apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: {name}, value}
}
