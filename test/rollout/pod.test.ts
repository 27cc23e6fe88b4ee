import {describe, expect, test} from 'vitest'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {judgePod} from '../../src/rollout/pod.ts'
import {readSnapshot} from '../../src/rollout/reading.ts'
import {DEFAULT_ROLLOUT_SETTINGS} from '../../src/rollout/settings.ts'
import type {ApiObject, DoomReason} from '../../src/rollout/verdict.ts'
import {
  aPod,
  aSnapshot,
  at,
  aWarning,
  backedOff,
  EMPTY_BASELINE,
  type Fragment,
  type PodParts,
  running,
  START_MS,
  terminated,
  waiting,
} from './build.ts'

const NOT_FOUND = 'rpc error: code = NotFound desc = registry/main:2: not found'
const REFUSED = 'dial tcp 127.0.0.1:5000: connect: connection refused'
const NO_COMMAND =
  'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/nope": stat /nope: no such file or directory: unknown'

type Case = [what: string, pod: PodParts, expected: DoomReason | 'fine', words?: string]

const unready = (more: Fragment = {}) => running({ready: false, ...more})

describe('a container', () => {
  test.each<Case>([
    ['runs', {containers: {main: running()}}, 'fine'],
    ['is being made', {containers: {main: waiting('ContainerCreating')}}, 'fine'],
    ['waits for its init containers', {containers: {main: waiting('PodInitializing')}}, 'fine'],
    ['runs and is not ready yet', {containers: {main: unready()}}, 'fine'],
    [
      'has an image that is not there',
      {containers: {main: waiting('ErrImagePull', NOT_FOUND)}},
      'image-not-found',
      'registry/main:2 is not in the registry',
    ],
    [
      'is backed off from such an image',
      {containers: {main: waiting('ImagePullBackOff', `Back-off pulling image: ErrImagePull: ${NOT_FOUND}`)}},
      'image-not-found',
    ],
    [
      'has an image it may not have',
      {
        containers: {
          main: waiting('ErrImagePull', 'pull access denied: insufficient_scope: authorization failed'),
        },
      },
      'image-denied',
    ],
    ['cannot reach the registry', {containers: {main: waiting('ErrImagePull', REFUSED)}}, 'registry-fault'],
    [
      'is backed off, nobody says why',
      {containers: {main: waiting('ImagePullBackOff', 'Back-off pulling image "x"')}},
      'registry-fault',
    ],
    [
      'has an image name that is none',
      {containers: {main: waiting('InvalidImageName', "couldn't parse image name")}},
      'image-name-invalid',
    ],
    ['may not pull', {containers: {main: waiting('ErrImageNeverPull')}}, 'image-never-pulled'],
    [
      'misses a Secret',
      {containers: {main: waiting('CreateContainerConfigError', 'secret "shop-secret" not found')}},
      'config-missing',
      'secret "shop-secret" not found',
    ],
    [
      'misses a ConfigMap',
      {containers: {main: waiting('CreateContainerConfigError', 'configmap "shop-config" not found')}},
      'config-missing',
    ],
    [
      'misses a key',
      {
        containers: {
          main: waiting('CreateContainerConfigError', "couldn't find key TOKEN in Secret shop/shop-secret"),
        },
      },
      'config-missing',
    ],
    [
      'is on a node whose cache is behind',
      {
        containers: {
          main: waiting(
            'CreateContainerConfigError',
            'failed to sync secret cache: timed out waiting for the condition',
          ),
        },
      },
      'config-not-synced',
    ],
    [
      'would run as root against the rules',
      {
        containers: {
          main: waiting(
            'CreateContainerConfigError',
            'container has runAsNonRoot and image will run as root',
          ),
        },
      },
      'cannot-run',
    ],
    [
      'is told to run as root against the rules',
      {
        containers: {
          main: waiting(
            'CreateContainerConfigError',
            'container\'s runAsUser breaks non-root policy (pod: "demo_shop(1)", container: main)',
          ),
        },
      },
      'cannot-run',
    ],
    ['has no such command', {containers: {main: waiting('RunContainerError', NO_COMMAND)}}, 'cannot-run'],
    [
      'had no such command, by its last state',
      {
        containers: {
          main: waiting('CrashLoopBackOff', '', {
            restartCount: 0,
            lastState: {terminated: terminated(128, 5, {reason: 'StartError', message: NO_COMMAND})},
          }),
        },
      },
      'cannot-run',
    ],
    [
      'could not start once and runs now',
      {
        containers: {
          main: running({
            restartCount: 1,
            lastState: {terminated: terminated(128, 5, {reason: 'StartError', message: NO_COMMAND})},
          }),
        },
      },
      'fine',
    ],
    [
      'cannot start for a reason of the node',
      {containers: {main: waiting('CreateContainerError', 'failed to reserve container name')}},
      'start-fault',
    ],
    [
      'failed once and is down',
      {containers: {main: {ready: false, state: {terminated: terminated(1)}}}},
      'fine',
    ],
    [
      'failed once and was restarted',
      {containers: {main: unready({restartCount: 1, lastState: {terminated: terminated(1)}})}},
      'fine',
    ],
    [
      'failed twice and is down',
      {containers: {main: {ready: false, restartCount: 1, state: {terminated: terminated(1)}}}},
      'crash-loop',
      'exits with code 1',
    ],
    ['failed twice and is backed off', {containers: {main: backedOff(2)}}, 'crash-loop', '2 times'],
    [
      'failed twice and happens to run',
      {containers: {main: running({restartCount: 2, lastState: {terminated: terminated(3)}})}},
      'crash-loop',
    ],
    [
      'died of a signal twice',
      {containers: {main: backedOff(2, terminated(139, 5, {signal: 11}))}},
      'crash-loop',
      'signal 11',
    ],
    [
      'was killed for its memory twice',
      {
        containers: {
          main: {
            ...backedOff(2, terminated(137, 5, {reason: 'OOMKilled'})),
            spec: {resources: {limits: {memory: '128Mi'}}},
          },
        },
      },
      'out-of-memory',
      'limit of 128Mi',
    ],
    ['ends by itself in good order', {containers: {main: backedOff(3, terminated(0))}}, 'exits-cleanly'],
    [
      'lost its node twice',
      {
        containers: {
          main: running({restartCount: 2, lastState: {terminated: terminated(255, 5, {reason: 'Unknown'})}}),
        },
      },
      'fine',
    ],
    [
      'is an init container that is done',
      {
        containers: {main: running()},
        initContainers: {setup: {ready: true, state: {terminated: terminated(0)}}},
      },
      'fine',
    ],
    [
      'is an init container that fails',
      {containers: {main: waiting('PodInitializing')}, initContainers: {setup: backedOff(2)}},
      'crash-loop',
      'init container setup',
    ],
    [
      'is an init container without image',
      {
        containers: {main: waiting('PodInitializing')},
        initContainers: {setup: waiting('ErrImagePull', NOT_FOUND)},
      },
      'image-not-found',
    ],
    [
      'is a sidecar that crashes',
      {
        containers: {main: running()},
        initContainers: {mesh: {...backedOff(2), spec: {restartPolicy: 'Always'}}},
      },
      'crash-loop',
      'sidecar mesh',
    ],
    ['is the second one', {containers: {main: running(), tls: backedOff(2)}}, 'crash-loop', 'container tls'],
  ])('%s', (_, parts, expected, words = '') => {
    const finding = judge(aPod('p', parts))
    expect(finding.kind === 'fine' ? 'fine' : finding.doom.reason).toBe(expected)
    if (finding.kind !== 'fine') expect(finding.doom.message).toContain(words)
  })

  test('a definite reason of one container counts more than a suspicion of another', () => {
    const pod = aPod('p', {
      containers: {main: waiting('ErrImagePull', REFUSED), tls: waiting('ErrImagePull', NOT_FOUND)},
    })
    expect(judge(pod)).toMatchObject({kind: 'doomed', doom: {reason: 'image-not-found', container: 'tls'}})
  })

  test('the moment of the decisive exit is told', () => {
    const finding = judge(aPod('p', {containers: {main: backedOff(2, terminated(1, 7))}}))
    expect(finding).toMatchObject({doom: {shownAtMs: START_MS + 7000, pod: 'p', image: 'registry/main:2'}})
  })

  test('a pull that fails was shown when the event says so', () => {
    const pod = aPod('p', {containers: {main: waiting('ErrImagePull', NOT_FOUND)}})
    const events = [aWarning(pod, 'Failed', 'Failed to pull image "registry/main:2"', {container: 'main'})]
    expect(judge(pod, events)).toMatchObject({doom: {shownAtMs: START_MS + 6000}})
  })

  test('an old kubelet gives the cause of a failed pull in the event only', () => {
    const pod = aPod('p', {containers: {main: waiting('ImagePullBackOff', 'Back-off pulling image "x"')}})
    const events = [aWarning(pod, 'Failed', `Failed to pull image "x": ${NOT_FOUND}`, {container: 'main'})]
    expect(judge(pod, events)).toMatchObject({kind: 'doomed', doom: {reason: 'image-not-found'}})
  })

  test.each([137, 143, 0])('killed by its liveness probe (%i), it is said so', exitCode => {
    const pod = aPod('p', {containers: {main: backedOff(2, terminated(exitCode))}})
    const message = 'Liveness probe failed: HTTP probe failed with statuscode: 500'
    const finding = judge(pod, [aWarning(pod, 'Unhealthy', message, {container: 'main'})])
    expect(finding).toMatchObject({kind: 'doomed', doom: {reason: 'probe-killed'}})
    expect(finding.kind === 'doomed' && finding.doom.evidence).toContain('statuscode: 500')
  })

  test('a readiness probe kills nothing', () => {
    const pod = aPod('p', {containers: {main: backedOff(2)}})
    const finding = judge(pod, [
      aWarning(pod, 'Unhealthy', 'Readiness probe failed: 503', {container: 'main'}),
    ])
    expect(finding).toMatchObject({doom: {reason: 'crash-loop'}})
  })

  test('it runs, and its readiness probe fails: it may get there', () => {
    const message = 'Readiness probe failed: HTTP probe failed with statuscode: 503'
    const about = (pod: ApiObject) => [aWarning(pod, 'Unhealthy', message, {container: 'main'})]
    const late = aPod('p', {containers: {main: unready({started: true})}})
    expect(judge(late, about(late))).toMatchObject({
      kind: 'suspicious',
      doom: {reason: 'not-ready', container: 'main', evidence: message},
    })
    const ready = aPod('p', {containers: {main: running()}})
    expect(judge(ready, about(ready)).kind).toBe('fine')
    // A startup probe has patience of its own.
    const starting = aPod('p', {containers: {main: unready({started: false})}})
    expect(judge(starting, about(starting)).kind).toBe('fine')
  })

  test('restarts from before the rollout are not held against it', () => {
    const before = aPod('p', {containers: {main: backedOff(7)}})
    const baseline = takeBaseline(aSnapshot({pods: [before]}))
    const once = aPod('p', {containers: {main: backedOff(8)}})
    const twice = aPod('p', {containers: {main: backedOff(9)}})
    expect(judge(before, [], baseline).kind).toBe('fine')
    expect(judge(once, [], baseline).kind).toBe('fine')
    expect(judge(twice, [], baseline)).toMatchObject({doom: {reason: 'crash-loop'}})
  })

  test('a Job counts the exits of its pods itself', () => {
    const pod = aPod('p', {containers: {main: backedOff(5)}})
    const reading = readSnapshot(aSnapshot({pods: [pod]}), EMPTY_BASELINE)
    expect(judgePod(pod, reading, DEFAULT_ROLLOUT_SETTINGS, false).kind).toBe('fine')
  })

  test('credentials are not repeated', () => {
    const message = `${NOT_FOUND} from https://robot:s3cret@registry/v2?token=abcdef Bearer eyJhbGciOi.JIUzI1`
    const finding = judge(aPod('p', {containers: {main: waiting('ErrImagePull', message)}}))
    expect(JSON.stringify(finding)).not.toMatch(/"evidence":"[^"]*(s3cret|abcdef|eyJhbGciOi)/)
  })
})

describe('the place of a pod', () => {
  const creating = {containers: {main: waiting('ContainerCreating')}}

  test('no node can take it', () => {
    const pod = aPod('p', {
      ...creating,
      spec: {nodeName: undefined},
      status: {
        phase: 'Pending',
        containerStatuses: [],
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/3 nodes',
            lastTransitionTime: at(3),
          },
        ],
      },
    })
    expect(judge(pod)).toMatchObject({
      kind: 'suspicious',
      doom: {reason: 'unschedulable', evidence: '0/3 nodes', shownAtMs: START_MS + 3000},
    })
  })

  test.each<[string, DoomReason]>([
    ['FailedMount', 'volume-fault'],
    ['FailedAttachVolume', 'volume-fault'],
    ['FailedCreatePodSandBox', 'sandbox-fault'],
  ])('%s may pass', (reason, expected) => {
    const pod = aPod('p', creating)
    expect(judge(pod, [aWarning(pod, reason, 'no')])).toMatchObject({
      kind: 'suspicious',
      doom: {reason: expected},
    })
  })

  test('a mount that failed once is forgotten when the pod has its sandbox', () => {
    const pod = aPod('p', {...creating, status: {podIP: '10.0.0.1', conditions: []}})
    expect(judge(pod, [aWarning(pod, 'FailedMount', 'no')]).kind).toBe('fine')
  })

  test('what happened before the rollout is not news', () => {
    const pod = aPod('p', creating)
    const event = aWarning(pod, 'FailedMount', 'no')
    const baseline = takeBaseline(aSnapshot({events: [event]}))
    expect(judge(pod, [event], baseline).kind).toBe('fine')
    expect(judge(pod, [{...event, count: 2}], baseline).kind).toBe('suspicious')
  })
})

test.each<[string, PodParts]>([
  ['ready', {}],
  ['ContainerCreating 8 s', {containers: {main: waiting('ContainerCreating')}}],
  ['CrashLoopBackOff 8 s', {containers: {main: backedOff(2), tls: waiting('ContainerCreating')}}],
  ['exited with code 3, 8 s', {containers: {main: {ready: false, state: {terminated: terminated(3)}}}}],
  ['running, not ready 8 s', {containers: {main: unready()}}],
  [
    'not scheduled 8 s',
    {spec: {nodeName: undefined}, status: {phase: 'Pending', conditions: [], containerStatuses: []}},
  ],
])('on the screen it is: %s', (state, parts) => {
  expect(judge(aPod('p', parts)).state).toBe(state)
})

function judge(pod: ApiObject, events: ApiObject[] = [], baseline = EMPTY_BASELINE) {
  const reading = readSnapshot(aSnapshot({pods: [pod], events}), baseline)
  return judgePod(pod, reading, DEFAULT_ROLLOUT_SETTINGS)
}
