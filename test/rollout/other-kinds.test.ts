import {describe, expect, test} from 'vitest'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {blockingPods} from '../../src/rollout/blocking-pods.ts'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import type {ApiObject, Snapshot, Verdict, WorkloadKind} from '../../src/rollout/verdict.ts'
import {
  aDaemonSet,
  aJob,
  aPod,
  aSnapshot,
  aStatefulSet,
  at,
  aWarning,
  backedOff,
  EMPTY_BASELINE,
  type Fragment,
  type PodParts,
  ref,
  START_MS,
  terminated,
  waiting,
} from './build.ts'

const CRASHES = {containers: {main: backedOff(2)}}

describe('a StatefulSet', () => {
  const member = (name: string, revision: string, parts: PodParts = {}) =>
    aPod(name, {
      owner: {kind: 'StatefulSet', uid: 'sts-uid'},
      labels: {'controller-revision-hash': revision},
      ...parts,
    })
  const judge = judgeKind('StatefulSet')

  test.each<[string, Fragment, Fragment, Verdict['kind']]>([
    ['whole', {}, {}, 'ready'],
    ['not seen yet', {}, {observedGeneration: 1}, 'progressing'],
    ['not all updated', {}, {updatedReplicas: 1, currentRevision: 'old'}, 'progressing'],
    ['updated, not yet made the current revision', {}, {currentRevision: 'old'}, 'progressing'],
    ['not all available', {}, {availableReplicas: 1}, 'progressing'],
    ['without replicas', {replicas: 0}, {currentRevision: 'old'}, 'ready'],
    [
      'OnDelete, nothing exchanged',
      {updateStrategy: {type: 'OnDelete'}},
      {updatedReplicas: 0, currentRevision: 'old'},
      'ready',
    ],
    [
      'updated above its partition',
      {updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 1}}},
      {updatedReplicas: 1, currentRevision: 'old'},
      'ready',
    ],
    [
      'not updated above its partition',
      {updateStrategy: {type: 'RollingUpdate', rollingUpdate: {partition: 1}}},
      {updatedReplicas: 0, currentRevision: 'old'},
      'progressing',
    ],
  ])('%s', (_, spec, status, kind) => {
    expect(judge(aStatefulSet(spec, status)).kind).toBe(kind)
  })

  const half = {readyReplicas: 1, updatedReplicas: 1, currentRevision: 'old'}

  test('is doomed by one pod of the new revision', () => {
    const pods = [member('shop-main-0', 'old'), member('shop-main-1', 'new', CRASHES)]
    expect(judge(aStatefulSet({}, half), {pods})).toMatchObject({kind: 'doomed', doom: {pod: 'shop-main-1'}})
  })

  test('is not doomed by a crashing pod of the old revision that is next', () => {
    const pods = [
      member('shop-main-0', 'old', CRASHES),
      member('shop-main-1', 'new', {containers: {main: waiting('ContainerCreating')}}),
    ]
    expect(judge(aStatefulSet({}, half), {pods}).kind).toBe('progressing')
  })

  test('is blocked by a broken pod of another revision (kubernetes#67250)', () => {
    const pods = [member('shop-main-0', 'new'), member('shop-main-1', 'broken', CRASHES)]
    const verdict = judge(aStatefulSet({}, half), {pods})
    expect(verdict).toMatchObject({kind: 'suspicious', doom: {reason: 'blocked-by-old-pod'}})
    expect(verdict.kind === 'suspicious' && verdict.doom.message).toContain(
      'kubectl delete pod -n shop shop-main-1',
    )
  })

  test('has pods in its way: not ready, of another revision, while it replaces one after the other', () => {
    const pods = [
      member('shop-main-0', 'new'),
      member('shop-main-1', 'broken', CRASHES),
      member('shop-main-2', 'broken'),
      member('shop-main-3', 'new', CRASHES),
    ]
    const inTheWay = (set: ApiObject) =>
      blockingPods([ref('StatefulSet')], aSnapshot({workloads: [set], pods})).map(pod => pod.name)
    expect(inTheWay(aStatefulSet({}, half))).toEqual(['shop-main-1'])
    expect(inTheWay(aStatefulSet({}, {...half, observedGeneration: 1}))).toEqual([])
    expect(inTheWay(aStatefulSet({podManagementPolicy: 'Parallel'}, half))).toEqual([])
    expect(inTheWay(aStatefulSet({updateStrategy: {type: 'OnDelete'}}, half))).toEqual([])
  })

  test('cannot make a pod', () => {
    const set = aStatefulSet({}, half)
    const events = [aWarning(set, 'FailedCreate', 'create Pod shop-main-1 failed error: exceeded quota: q')]
    expect(judge(set, {events, pods: [member('shop-main-0', 'new')]})).toMatchObject({
      kind: 'suspicious',
      doom: {reason: 'quota-exceeded'},
    })
  })
})

describe('a DaemonSet', () => {
  const member = (name: string, generation: string, parts: PodParts = {}) =>
    aPod(name, {
      owner: {kind: 'DaemonSet', uid: 'ds-uid'},
      labels: {'pod-template-generation': generation},
      ...parts,
    })
  const judge = judgeKind('DaemonSet')

  test.each<[string, Fragment, Fragment, Verdict['kind']]>([
    ['whole', {}, {}, 'ready'],
    [
      'on no node',
      {},
      {desiredNumberScheduled: 0, updatedNumberScheduled: 0, numberAvailable: 0, numberReady: 0},
      'ready',
    ],
    ['not seen yet', {}, {observedGeneration: 1}, 'progressing'],
    ['not updated everywhere', {}, {updatedNumberScheduled: 2}, 'progressing'],
    ['not available everywhere', {}, {numberAvailable: 2}, 'progressing'],
    [
      'OnDelete, nothing exchanged',
      {updateStrategy: {type: 'OnDelete'}},
      {updatedNumberScheduled: 0},
      'ready',
    ],
  ])('%s', (_, spec, status, kind) => {
    expect(judge(aDaemonSet(spec, status)).kind).toBe(kind)
  })

  const half = {updatedNumberScheduled: 1, numberAvailable: 2}

  test('is doomed when every new pod is', () => {
    const pods = [member('a', '2', CRASHES), member('b', '1'), member('c', '1')]
    expect(judge(aDaemonSet({}, half), {pods}).kind).toBe('doomed')
  })

  test('is not doomed by old pods, nor by one node of several', () => {
    const pods = [member('a', '2', CRASHES), member('b', '2'), member('c', '1', CRASHES)]
    expect(judge(aDaemonSet({}, half), {pods}).kind).toBe('progressing')
  })

  test('that names no generation has as new pods those that were not there before', () => {
    const set = aDaemonSet({}, half)
    set.metadata.annotations = {}
    const old = member('b', '', CRASHES)
    const baseline = {...takeBaseline(aSnapshot({pods: [old]})), restartCounts: new Map()}
    expect(judge(set, {pods: [old]}, baseline).kind).toBe('progressing')
    expect(judge(set, {pods: [old, member('a', '', CRASHES)]}, baseline).kind).toBe('doomed')
  })
})

describe('a Job', () => {
  const judge = judgeKind('Job')
  const condition = (type: string, reason = '', message = '') => ({
    conditions: [{type, status: 'True', reason, message, lastTransitionTime: at(5)}],
  })

  test.each<[string, Fragment, Fragment, Verdict['kind']]>([
    ['done', {}, {succeeded: 1, ...condition('Complete')}, 'ready'],
    ['suspended', {suspend: true}, {}, 'ready'],
    ['at work', {}, {active: 1}, 'progressing'],
    ['at work after one failure', {backoffLimit: 2}, {active: 1, failed: 1}, 'progressing'],
    ['failed', {}, {failed: 7, ...condition('Failed', 'BackoffLimitExceeded')}, 'doomed'],
    [
      'about to be failed',
      {},
      condition('FailureTarget', 'DeadlineExceeded', 'Job was active longer than specified deadline'),
      'doomed',
    ],
    ['over its limit', {backoffLimit: 0}, {failed: 1}, 'doomed'],
  ])('%s', (_, spec, status, kind) => {
    expect(judge(aJob(spec, status)).kind).toBe(kind)
  })

  test('that failed says when and how', () => {
    const verdict = judge(
      aJob({backoffLimit: 1}, {failed: 2, ...condition('Failed', 'BackoffLimitExceeded')}),
    )
    expect(verdict).toMatchObject({
      doom: {shownAtMs: START_MS + 5000, message: 'the Job failed: 2 pods failed, and 1 may (backoffLimit)'},
    })
  })

  test('that failed says which container did, and how to find its last lines', () => {
    const failed = (name: string, seconds: number) =>
      aPod(name, {
        owner: {kind: 'Job', uid: 'job-uid'},
        status: {phase: 'Failed'},
        metadata: {creationTimestamp: at(seconds)},
        containers: {main: {ready: false, state: {terminated: terminated(3)}}},
      })
    const job = aJob({backoffLimit: 1}, {failed: 2, ...condition('Failed', 'BackoffLimitExceeded')})
    const verdict = judge(job, {pods: [failed('z-first', 1), failed('a-second', 4)]})
    expect(verdict).toMatchObject({doom: {pod: 'a-second', container: 'main', image: 'registry/main:2'}})
  })

  test('that is removed when it has ended is done when it is gone, unless it was said to have failed', () => {
    const gone = {...ref('Job'), isRemovedAtEnd: true} as const
    const warning = {
      kind: 'Event',
      type: 'Warning',
      metadata: {name: 'e', uid: 'event-uid'},
      involvedObject: {kind: 'Job', namespace: 'shop', name: 'shop-main', uid: 'job-uid'},
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
      lastTimestamp: at(5),
    }
    const verdictOn = (events: ApiObject[], before: ApiObject[] = []) =>
      judgeWorkloads([gone], aSnapshot({events}), takeBaseline(aSnapshot({events: before})))[0]
    expect(verdictOn([])?.kind).toBe('ready')
    expect(verdictOn([warning], [warning])?.kind).toBe('ready')
    expect(verdictOn([warning])).toMatchObject({
      kind: 'doomed',
      doom: {reason: 'job-failed', shownAtMs: START_MS + 5000},
    })
    expect(judgeWorkloads([ref('Job')], aSnapshot(), EMPTY_BASELINE)[0]?.kind).toBe('progressing')
  })

  test('that failed before the rollout is not held against it', () => {
    const job = aJob({}, condition('Failed', 'BackoffLimitExceeded'))
    expect(judge(job, {}, takeBaseline(aSnapshot({workloads: [job]}))).kind).toBe('ready')
  })

  test('is doomed by an image that is not there, not by restarts', () => {
    const pod = (container: Fragment) =>
      aPod('p', {owner: {kind: 'Job', uid: 'job-uid'}, containers: {main: container}})
    const job = aJob({}, {active: 1})
    expect(judge(job, {pods: [pod(waiting('ErrImagePull', 'main:2: not found'))]}).kind).toBe('doomed')
    const verdict = judge(job, {pods: [pod(backedOff(4))]})
    expect(verdict.kind).toBe('progressing')
    expect(verdict.progress.waitingFor).toBe('0 of 1 done; CrashLoopBackOff 8 s (p)')
  })
})

describe('a bare Pod', () => {
  const judge = (parts: PodParts, baseline = EMPTY_BASELINE) => {
    const pod = aPod('shop-main', parts)
    const [verdict] = judgeWorkloads([ref('Pod')], aSnapshot({workloads: [pod], pods: [pod]}), baseline)
    return verdict
  }

  test.each<[string, PodParts, Verdict['kind']]>([
    ['ready', {}, 'ready'],
    [
      'done',
      {status: {phase: 'Succeeded'}, containers: {main: {ready: false, state: {terminated: terminated(0)}}}},
      'ready',
    ],
    ['starting', {containers: {main: waiting('ContainerCreating')}}, 'progressing'],
    ['crashing', CRASHES, 'doomed'],
    [
      'crashing, and tried again until it ends well',
      {...CRASHES, spec: {restartPolicy: 'OnFailure'}},
      'progressing',
    ],
    ['failed', {status: {phase: 'Failed', reason: 'DeadlineExceeded'}}, 'doomed'],
  ])('%s', (_, parts, kind) => {
    expect(judge(parts)?.kind).toBe(kind)
  })
})

function judgeKind(kind: WorkloadKind) {
  return (workload: ApiObject, parts: Partial<Snapshot> = {}, baseline = EMPTY_BASELINE): Verdict => {
    const [verdict] = judgeWorkloads([ref(kind)], aSnapshot({workloads: [workload], ...parts}), baseline)
    if (verdict === undefined) throw new Error('no verdict')
    return verdict
  }
}
