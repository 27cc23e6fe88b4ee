import type {Case} from './case.ts'
import {
  after,
  barePod,
  container,
  daemonSet,
  deployment,
  type Fields,
  job,
  statefulSet,
} from './case-objects.ts'

const good = deployment(container())

/** What happens to pods that run. */
export const RUNNING_CASES: readonly Case[] = [
  {
    name: 'crash-loop',
    title: 'the container exits with 1 soon after it starts',
    before: [good],
    objects: [deployment(container('crash'))],
    expected: 'crash-loop',
  },
  {
    name: 'exits-cleanly',
    title: 'the container ends well instead of serving',
    objects: [deployment(container('exit'))],
    expected: 'exits-cleanly',
    graceSeconds: {'exits-cleanly': 10},
  },
  {
    name: 'out-of-memory',
    title: 'the container uses more memory than its limit',
    objects: [deployment(container('oom', {resources: {limits: {memory: '48Mi'}}}))],
    expected: 'out-of-memory',
  },
  {
    name: 'failing-init',
    title: 'an init container fails',
    objects: [
      deployment(
        container(),
        {},
        {initContainers: [{...container('crash'), name: 'setup', readinessProbe: undefined}]},
      ),
    ],
    expected: 'crash-loop',
  },
  {
    name: 'liveness-kill',
    title: 'its liveness probe fails',
    objects: [deployment(container('unhealthy', {livenessProbe: livez(2), readinessProbe: livez(1)}))],
    expected: 'probe-killed',
  },
  {
    name: 'never-ready',
    title: 'its readiness probe never succeeds',
    objects: [deployment(container('never-ready'))],
    expected: 'not-ready',
    graceSeconds: {'not-ready': 10},
  },
  {
    name: 'slow-start',
    title: 'it is ready after 60 s',
    objects: [deployment(container('slow', after('60s')))],
    expected: 'ready',
  },
  {
    name: 'turns-bad',
    title: 'it crashes 5 s after it was ready, again and again',
    before: [good],
    objects: [deployment(container('crash', after('5s')))],
    expected: 'crash-loop',
    windowSeconds: 20,
  },
  {
    name: 'job-failed',
    title: 'a Job fails more often than it may',
    kind: 'Job',
    objects: [job({...container('crash'), readinessProbe: undefined})],
    expected: 'job-failed',
  },
  {
    name: 'job-failed-removed',
    title: 'a Job fails, and is removed at once',
    kind: 'Job',
    objects: [
      job({...container('crash'), readinessProbe: undefined}, {backoffLimit: 0, ttlSecondsAfterFinished: 0}),
    ],
    expected: 'job-failed',
  },
  {
    name: 'stateful-set',
    title: 'a bad revision of a StatefulSet',
    kind: 'StatefulSet',
    before: [statefulSet(container())],
    objects: [statefulSet(container('crash'))],
    expected: 'crash-loop',
  },
  {
    name: 'daemon-set',
    title: 'a bad revision of a DaemonSet',
    kind: 'DaemonSet',
    before: [daemonSet(container())],
    objects: [daemonSet(container('crash'))],
    expected: 'crash-loop',
  },
  {
    name: 'bare-pod',
    title: 'a pod that nobody replaces fails',
    kind: 'Pod',
    objects: [barePod({...container('crash'), readinessProbe: undefined})],
    expected: 'pod-failed',
  },
  {
    name: 'fix-forward',
    title: 'a good version over one that crashes',
    objects: [good],
    expected: 'ready',
  },
  {
    name: 'startup-kill',
    title: 'its startup probe fails',
    objects: [deployment(container('unhealthy', {startupProbe: livez(2)}))],
    expected: 'probe-killed',
  },
  {
    name: 'sidecar-crash',
    title: 'a sidecar fails',
    objects: [
      deployment(
        container(),
        {},
        {
          initContainers: [{...container('crash'), name: 'proxy', restartPolicy: 'Always'}],
        },
      ),
    ],
    expected: 'crash-loop',
  },
  {
    name: 'settles-later',
    title: 'it fails twice before it runs, and four times are allowed',
    objects: [deployment(container('', crashingFirst(2)), {}, {volumes: [{name: 'count', emptyDir: {}}]})],
    expected: 'ready',
    crashLoopExits: 4,
  },
]

function crashingFirst(times: number): Fields {
  const script = `n=$(cat /count/n || echo 0); echo $((n + 1)) > /count/n; [ $n -ge ${times} ] || exit 1; exec /demo`
  return {command: ['sh', '-c', script], volumeMounts: [{name: 'count', mountPath: '/count'}]}
}

function livez(failureThreshold: number): Fields {
  return {httpGet: {path: '/livez', port: 8080}, periodSeconds: 1, failureThreshold}
}
