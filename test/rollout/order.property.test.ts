import fc from 'fast-check'
import {expect, test} from 'vitest'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import {losePatience, NO_PATIENCE_USED, type Patience} from '../../src/rollout/patience.ts'
import type {ApiObject, Snapshot, Verdict} from '../../src/rollout/verdict.ts'
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
  START_MS,
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

const WITHOUT_PODS: ApiObject[] = [
  anObject('PersistentVolumeClaim', {status: {phase: 'Pending'}}),
  anObject('Service', {spec: {selector: {app: 'shop'}, ports: [{port: 80}]}}),
  anObject('Certificate', {status: {conditions: [{type: 'Ready', status: 'False', reason: 'Issuing'}]}}),
  anObject('HorizontalPodAutoscaler', {
    status: {conditions: [{type: 'AbleToScale', status: 'False', reason: 'FailedGetScale'}]},
  }),
  anObject('CronJob', {}),
  anObject('Ingress', {}),
]
const CLAIM_REASONS = ['WaitForFirstConsumer', 'ProvisioningFailed', 'ExternalProvisioning']

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
    const claimEvents = parts.slice(0, CLAIM_REASONS.length).map(({count}, index) => claimEvent(index, count))
    return {
      ...snapshot,
      workloads: [...snapshot.workloads, ...others, ...WITHOUT_PODS],
      events: [...events, ...claimEvents],
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

test('whatever order and repetition events and lists come in, a whole rollout ends the same', () => {
  const readings = fc.array(snapshots, {minLength: 1, maxLength: 6})
  fc.assert(
    fc.property(
      readings.chain(all => fc.record({all: fc.constant(all), mixed: fc.tuple(...all.map(mixed))})),
      fc.array(fc.nat(5), {maxLength: 6}),
      ({all, mixed: others}, again) => {
        // A relist tells the same once more: it is judged, and changes nothing.
        const retold = others.flatMap((one, index) => Array<Snapshot>(1 + (again[index] ?? 0)).fill(one))
        expect(endOf(retold)).toEqual(endOf(all))
      },
    ),
  )
})

/** What is said at last when the readings come 20 s apart; those that are told again come at the same time. */
function endOf(readings: readonly Snapshot[]) {
  let [patience, atMs, last]: [Patience, number, Snapshot | undefined] = [
    NO_PATIENCE_USED,
    START_MS,
    undefined,
  ]
  let verdicts: Verdict[] = []
  for (const snapshot of readings) {
    if (snapshot !== last) atMs += 20_000
    last = snapshot
    const judged = losePatience(patience, judge({...snapshot, nowMs: atMs}), atMs)
    patience = judged.patience
    verdicts = judged.verdicts
  }
  return verdicts
}

function judge(snapshot: Snapshot) {
  const others = WITHOUT_PODS.map(({kind = '', metadata}) => ({kind, namespace: 'shop', name: metadata.name}))
  return judgeWorkloads([ref(), ref('StatefulSet'), ref('DaemonSet'), ...others], snapshot, EMPTY_BASELINE)
}

function anObject(kind: string, parts: object): ApiObject {
  return {kind, metadata: {name: 'shop-main', namespace: 'shop', uid: `${kind}-uid`}, ...parts}
}

function claimEvent(index: number, count: number): ApiObject {
  const [claim] = WITHOUT_PODS
  const reason = CLAIM_REASONS[index] ?? ''
  const type = reason === 'ProvisioningFailed' ? 'Warning' : 'Normal'
  return aWarning(claim as ApiObject, reason, 'why', {type, lastTimestamp: at(count)})
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
