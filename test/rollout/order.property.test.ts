import fc from 'fast-check'
import {expect, test} from 'vitest'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import type {ApiObject, Snapshot} from '../../src/rollout/verdict.ts'
import {
  aDaemonSet,
  aPod,
  aReplicaSet,
  aStatefulSet,
  at,
  aWarning,
  backedOff,
  EMPTY_BASELINE,
  type PodParts,
  ref,
  rollingOut,
  running,
  terminated,
  waiting,
} from './build.ts'

const POD_STATES: PodParts[] = [
  {},
  {containers: {main: running({ready: false})}},
  {containers: {main: waiting('ContainerCreating')}},
  {containers: {main: waiting('ErrImagePull', 'main:2: not found')}},
  {containers: {main: waiting('ErrImagePull', 'dial tcp: i/o timeout')}},
  {containers: {main: backedOff(2, terminated(1, 7))}},
  {containers: {main: backedOff(3, terminated(137, 4, {reason: 'OOMKilled'}))}},
  {containers: {main: running()}, metadata: {deletionTimestamp: at(9)}},
  {containers: {main: backedOff(3)}, owner: {kind: 'ReplicaSet', uid: 'rs-1'}},
  {
    containers: {main: backedOff(3)},
    owner: {kind: 'StatefulSet', uid: 'sts-uid'},
    labels: {'controller-revision-hash': 'new'},
  },
  {
    containers: {main: backedOff(3)},
    owner: {kind: 'DaemonSet', uid: 'ds-uid'},
    labels: {'pod-template-generation': '2'},
  },
]
const WARNINGS = ['Liveness probe failed: 500', 'Failed to pull image', 'exceeded quota', 'no volume']

const snapshots = fc
  .array(
    fc.record({
      state: fc.nat(POD_STATES.length - 1),
      warnings: fc.subarray(WARNINGS),
      count: fc.integer({min: 1, max: 3}),
    }),
    {maxLength: 8},
  )
  .map(parts => {
    const pods = parts.map(({state}, index) => aPod(`pod-${index}`, POD_STATES[state]))
    const events = parts.flatMap(({warnings, count}, index) =>
      warnings.map(message => warned(pods[index] as ApiObject, message, count)),
    )
    const snapshot = rollingOut(pods, {replicas: 4, events})
    const others = [aStatefulSet({}, {readyReplicas: 1}), aDaemonSet({}, {numberAvailable: 1})]
    return {
      ...snapshot,
      workloads: [...snapshot.workloads, ...others],
      replicaSets: [aReplicaSet(1), aReplicaSet(2)],
    }
  })

test('whatever order and repetition the lists come in, the verdicts are the same', () => {
  fc.assert(
    fc.property(
      snapshots.chain(snapshot => fc.record({snapshot: fc.constant(snapshot), mixed: mixed(snapshot)})),
      ({snapshot, mixed: other}) => {
        expect(judge(other)).toEqual(judge(snapshot))
      },
    ),
    {numRuns: 300},
  )
})

test('an older reading of an object beside the newer one changes nothing', () => {
  fc.assert(
    fc.property(snapshots, fc.nat(POD_STATES.length - 1), (snapshot, state) => {
      const newer = snapshot.pods.map(pod => versioned(pod, '1000'))
      const stale = newer.map(pod => ({...versioned(pod, '999'), ...pick(aPod('x', POD_STATES[state]))}))
      expect(judge({...snapshot, pods: [...stale, ...newer]})).toEqual(judge({...snapshot, pods: newer}))
      expect(judge({...snapshot, pods: [...newer, ...stale]})).toEqual(judge({...snapshot, pods: newer}))
    }),
  )
})

function judge(snapshot: Snapshot) {
  return judgeWorkloads([ref(), ref('StatefulSet'), ref('DaemonSet')], snapshot, EMPTY_BASELINE)
}

function mixed(snapshot: Snapshot) {
  return fc.record({
    nowMs: fc.constant(snapshot.nowMs),
    workloads: shuffledAndRepeated(snapshot.workloads),
    replicaSets: shuffledAndRepeated(snapshot.replicaSets),
    pods: shuffledAndRepeated(snapshot.pods),
    events: shuffledAndRepeated(snapshot.events),
  })
}

function shuffledAndRepeated(objects: readonly ApiObject[]): fc.Arbitrary<ApiObject[]> {
  return fc
    .subarray([...objects])
    .chain(again => fc.shuffledSubarray([...objects, ...again], {minLength: objects.length + again.length}))
}

function versioned(pod: ApiObject, resourceVersion: string): ApiObject {
  return {...pod, metadata: {...pod.metadata, resourceVersion}}
}

function pick({spec, status}: ApiObject) {
  return {spec, status}
}

function warned(pod: ApiObject, message: string, count: number): ApiObject {
  const reason = message.startsWith('Liveness')
    ? 'Unhealthy'
    : message === 'no volume'
      ? 'FailedMount'
      : 'Failed'
  const event = aWarning(pod, reason, message, {count, firstTimestamp: at(count), container: 'main'})
  return {...event, metadata: {...event.metadata, name: message, uid: `${pod.metadata.uid}/${message}`}}
}
