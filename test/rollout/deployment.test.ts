import {describe, expect, test} from 'vitest'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import type {ApiObject, Snapshot, Verdict} from '../../src/rollout/verdict.ts'
import {
  aDeployment,
  aPod,
  aReplicaSet,
  aSnapshot,
  at,
  backedOff,
  EMPTY_BASELINE,
  type Fragment,
  ref,
  rollingOut,
  running,
  START_MS,
  terminated,
  waiting,
} from './build.ts'

const crashing = (name: string, seconds = 5) =>
  aPod(name, {containers: {main: backedOff(2, terminated(1, seconds))}})
const starting = (name: string) => aPod(name, {containers: {main: waiting('ContainerCreating')}})
const unpullable = (name: string) =>
  aPod(name, {containers: {main: waiting('ErrImagePull', 'registry/main:2: not found')}})

describe('is ready', () => {
  test.each<[string, Fragment, Fragment]>([
    ['with all replicas updated and available', {}, {}],
    ['with no replicas wanted', {replicas: 0}, {updatedReplicas: 0, availableReplicas: 0}],
    ['paused and whole', {paused: true}, {updatedReplicas: 0}],
  ])('%s', (_, spec, status) => {
    expect(judge(one(aDeployment(spec, status))).kind).toBe('ready')
  })

  test.each<[string, Fragment, Fragment, string]>([
    ['before Kubernetes has seen the change', {}, {observedGeneration: 1}, 'not looked at the change'],
    ['with a replica not updated', {}, {updatedReplicas: 2, replicas: 3}, ''],
    ['with a replica not available', {}, {availableReplicas: 2}, ''],
    ['with an old pod left', {}, {replicas: 4}, '1 old pod still to end'],
    [
      'with nothing ready though maxUnavailable allows it (helm#10845)',
      {replicas: 1},
      {availableReplicas: 0},
      '',
    ],
    ['within minReadySeconds', {minReadySeconds: 10}, {availableReplicas: 0}, 'stay ready for 10 s'],
    ['paused and not whole', {paused: true}, {availableReplicas: 1}, 'paused'],
  ])('but not %s', (_, spec, status, words) => {
    const deployment = aDeployment(spec, status)
    const pods = Array.from({length: deployment.spec.replicas}, (__, i) => aPod(`p${i}`))
    const verdict = judge(aSnapshot({workloads: [deployment], replicaSets: [aReplicaSet()], pods}))
    expect(verdict.kind).toBe('progressing')
    expect(verdict.progress.waitingFor).toContain(words)
  })

  test('at once when nothing was changed and it is whole', () => {
    const snapshot = one(aDeployment())
    expect(judge(snapshot, takeBaseline(snapshot)).kind).toBe('ready')
  })

  test('since its last pod was', () => {
    const pods = [
      aPod('a'),
      aPod('b', {status: {conditions: [{type: 'Ready', status: 'True', lastTransitionTime: at(9)}]}}),
    ]
    const snapshot = aSnapshot({workloads: [aDeployment({replicas: 2})], replicaSets: [aReplicaSet()], pods})
    expect(judge(snapshot)).toMatchObject({kind: 'ready', sinceMs: START_MS + 9000})
  })
})

describe('is doomed', () => {
  test.each<[string, ApiObject[], number]>([
    ['when its only new pod crashes', [crashing('a')], 1],
    ['when every pod made so far is doomed', [crashing('a'), crashing('b')], 10],
    ['when more are doomed than it may lack', [crashing('a'), crashing('b'), unpullable('c'), aPod('d')], 8],
    ['when one of three is, as none may be lacking', [crashing('a'), aPod('b')], 3],
  ])('%s', (_, pods, replicas) => {
    expect(judge(rollingOut(pods, {replicas})).kind).toBe('doomed')
  })

  test('by the pod that was first', () => {
    const verdict = judge(rollingOut([crashing('a', 9), crashing('b', 6), crashing('c', 8)]))
    expect(verdict).toMatchObject({kind: 'doomed', doom: {pod: 'b'}})
  })

  test('when Kubernetes gives up', () => {
    const conditions = [deadline(at(9))]
    const verdict = judge(
      rollingOut([starting('a')], {workloads: [aDeployment({}, {updatedReplicas: 1, conditions})]}),
    )
    expect(verdict).toMatchObject({
      kind: 'doomed',
      doom: {reason: 'progress-deadline', shownAtMs: START_MS + 9000},
    })
  })

  test.each([
    ['admission webhook "policy.example" denied the request: no latest tags', 'admission-refused'],
    [
      `pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false`,
      'admission-refused',
    ],
    [
      `pods "x" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no`,
      'admission-refused',
    ],
    ['Pod "x" is invalid: spec.containers[0].image: Required value', 'admission-refused'],
    [
      'pods "x" is forbidden: [maximum memory usage per Container is 1Gi, but limit is 2Gi]',
      'admission-refused',
    ],
  ])('when its pods are refused: %s', (message, reason) => {
    expect(judge(notCreated(message))).toMatchObject({kind: 'doomed', doom: {reason}})
  })
})

describe('is suspicious', () => {
  test.each([
    [
      'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3',
      'quota-exceeded',
    ],
    [
      'Internal error occurred: failed calling webhook "w": Post "https://w": connect: connection refused',
      'admission-fault',
    ],
    [
      'pods "x" is forbidden: error looking up service account shop/main: serviceaccount "main" not found',
      'admission-fault',
    ],
  ])('when its pods cannot be made for now: %s', (message, reason) => {
    expect(judge(notCreated(message))).toMatchObject({kind: 'suspicious', doom: {reason}})
  })

  test('when the registry does not answer', () => {
    const pod = aPod('a', {containers: {main: waiting('ErrImagePull', 'dial tcp: i/o timeout')}})
    expect(judge(rollingOut([pod]))).toMatchObject({kind: 'suspicious', graceMs: 90_000})
  })
})

describe('is never judged', () => {
  test.each<[string, Snapshot]>([
    [
      'by the pods of an older ReplicaSet',
      rollingOut([
        starting('new'),
        aPod('old', {owner: {kind: 'ReplicaSet', uid: 'rs-1'}, containers: {main: backedOff(9)}}),
      ]),
    ],
    [
      'by a ReplicaSet of the same name and another owner',
      rollingOut([starting('a')], {
        replicaSets: [
          aReplicaSet(2),
          {
            ...aReplicaSet(3),
            metadata: {
              ...aReplicaSet(3).metadata,
              ownerReferences: [{kind: 'Deployment', name: 'shop-main', uid: 'other', controller: true}],
            },
          },
        ],
        pods: [aPod('p', {owner: {kind: 'ReplicaSet', uid: 'rs-3'}, containers: {main: backedOff(3)}})],
      }),
    ],
    [
      'by pods that are being deleted',
      rollingOut([
        starting('new'),
        aPod('p', {metadata: {deletionTimestamp: at(9)}, containers: {main: backedOff(3)}}),
      ]),
    ],
    [
      'by evicted pods',
      rollingOut([
        starting('new'),
        aPod('p', {status: {phase: 'Failed', reason: 'Evicted'}, containers: {main: backedOff(3)}}),
      ]),
    ],
    [
      'by one bad pod of many',
      rollingOut([crashing('a'), ...['b', 'c', 'd', 'e', 'f', 'g', 'h'].map(name => aPod(name))], {
        replicas: 8,
      }),
    ],
    ['by nothing at all', aSnapshot()],
    [
      'by pods of a list that is behind',
      rollingOut([], {
        replicaSets: [aReplicaSet(1)],
        pods: [aPod('p', {owner: {kind: 'ReplicaSet', uid: 'rs-1'}, containers: {main: backedOff(3)}})],
      }),
    ],
  ])('%s', (_, snapshot) => {
    expect(judge(snapshot).kind).toBe('progressing')
  })

  test('by a deadline left over from before', () => {
    const conditions = [deadline(at(-60))]
    const before = aDeployment({}, {updatedReplicas: 1, conditions})
    before.metadata.generation = 1
    const snapshot = rollingOut([starting('a')], {
      workloads: [aDeployment({}, {updatedReplicas: 1, conditions})],
    })
    expect(judge(snapshot, takeBaseline(aSnapshot({workloads: [before]}))).kind).toBe('progressing')
  })

  test('by a refusal left over from before', () => {
    const snapshot = notCreated('admission webhook "p" denied the request: no')
    expect(judge(snapshot, takeBaseline(snapshot)).kind).toBe('progressing')
  })

  test('by kinds that may not be read', () => {
    const [deployment] = rollingOut([]).workloads
    const snapshot = aSnapshot({
      workloads: [deployment as ApiObject],
      unreadable: ['Pod', 'ReplicaSet', 'Event'],
    })
    expect(judge(snapshot)).toMatchObject({kind: 'progressing', progress: {wanted: 3, updated: 0}})
  })
})

test('without ReplicaSets to read, the Deployment tells that pods are refused', () => {
  const conditions = [refusal('exceeded quota: q')]
  const workloads = [aDeployment({}, {updatedReplicas: 0, conditions})]
  const snapshot = aSnapshot({workloads, unreadable: ['ReplicaSet']})
  expect(judge(snapshot)).toMatchObject({kind: 'suspicious', doom: {reason: 'quota-exceeded'}})
})

test('what keeps pods from being made is told while it lasts', () => {
  const workloads = [aDeployment({}, {updatedReplicas: 0, conditions: [refusal('exceeded quota: q')]})]
  const snapshot = aSnapshot({workloads, unreadable: ['ReplicaSet']})
  expect(judge(snapshot).progress.waitingFor).toMatch(/; the namespace's quota has no room for more pods$/)
})

test('what was not changed is said not to be', () => {
  const snapshot = rollingOut([crashing('a')])
  const baseline = {...takeBaseline(snapshot), restartCounts: new Map()}
  const verdict = judge(snapshot, baseline)
  expect(verdict.kind === 'doomed' && verdict.doom.message).toContain('its own definition was not changed')
})

test.each<[string, Snapshot]>([
  ['0 of 1 pod ready; ContainerCreating 8 s (a)', rollingOut([starting('a')], {replicas: 1})],
  ['1 of 3 pods ready; CrashLoopBackOff 8 s (b)', rollingOut([aPod('a'), crashing('b'), starting('c')])],
  [
    '1 of 3 pods ready; running, not ready 8 s (b)',
    rollingOut([aPod('a'), aPod('b', {containers: {main: running({ready: false})}})]),
  ],
  ['the Deployment is not there yet', aSnapshot()],
  ['this user may not read a Deployment', aSnapshot({unreadable: ['Deployment']})],
])('waits for: %s', (text, snapshot) => {
  expect(judge(snapshot).progress.waitingFor).toBe(text)
})

function judge(snapshot: Snapshot, baseline = EMPTY_BASELINE): Verdict {
  const [verdict] = judgeWorkloads([ref()], snapshot, baseline)
  if (verdict === undefined) throw new Error('no verdict')
  return verdict
}

function one(deployment: ApiObject): Snapshot {
  return aSnapshot({workloads: [deployment], replicaSets: [aReplicaSet()]})
}

function deadline(lastUpdateTime: string): Fragment {
  return {type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastUpdateTime}
}

function refusal(message: string): Fragment {
  return {type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: at(3)}
}

function notCreated(message: string): Snapshot {
  return rollingOut([], {replicaSets: [aReplicaSet(1), aReplicaSet(2, [refusal(message)])]})
}
