import {describe, expect, test} from 'vitest'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {judgeWorkloads} from '../../src/rollout/judge.ts'
import type {ApiObject, Snapshot, Verdict} from '../../src/rollout/verdict.ts'
import {
  aDeployment,
  aPod,
  aSnapshot,
  at,
  aWarning,
  EMPTY_BASELINE,
  type Fragment,
  running,
  START_MS,
} from './build.ts'

type Short = string

describe('a CronJob', () => {
  test.each<[string, Fragment, Fragment]>([
    ['new', {}, {}],
    ['suspended', {suspend: true}, {}],
    ['with Jobs that fail', {}, {active: [{name: 'shop-main-1'}], lastScheduleTime: at(-60)}],
  ])('is ready: %s', (_, spec, status) => {
    expect(judge(anObject('CronJob', {spec, status}))).toBe('ready')
  })
})

describe('an Ingress', () => {
  test('is ready without an address: many controllers never write one', () => {
    expect(judge(anObject('Ingress', {status: {loadBalancer: {}}}))).toBe('ready')
  })
})

describe('a PersistentVolumeClaim', () => {
  const claim = (phase?: string) =>
    anObject('PersistentVolumeClaim', {
      spec: {volumeName: 'pv-1'},
      status: phase === undefined ? {} : {phase},
    })
  const told = (reason: string, type = 'Normal') => [aWarning(claim(), reason, 'in its own words', {type})]

  test.each<[string, ApiObject, Partial<Snapshot>, Short]>([
    ['bound', claim('Bound'), {}, 'ready'],
    ['without a status', claim(), {}, 'ready'],
    ['lost', claim('Lost'), {}, 'doomed claim-lost'],
    ['pending', claim('Pending'), {}, 'suspicious claim-pending'],
    [
      'pending, no such class',
      claim('Pending'),
      {events: told('ProvisioningFailed', 'Warning')},
      'suspicious claim-pending',
    ],
    ['waiting for its first pod', claim('Pending'), {events: told('WaitForFirstConsumer')}, 'ready'],
    ['waiting for its pod to have a node', claim('Pending'), {events: told('WaitForPodScheduled')}, 'ready'],
    ['pending, and nobody may read why', claim('Pending'), {unreadable: ['Event']}, 'ready'],
  ])('%s', (_, object, parts, said) => {
    expect(judge(object, parts)).toBe(said)
  })

  test('that was lost before is old trouble', () => {
    expect(judge(claim('Lost'), {}, claim('Lost'))).toBe('ready')
  })

  test('that nobody provided for before is old trouble, one that was made anew is not', () => {
    const events = told('ProvisioningFailed', 'Warning')
    expect(judge(claim('Pending'), {events}, claim('Pending'))).toBe('ready')
    const another = claim('Pending')
    const before = {...another, metadata: {...another.metadata, uid: 'of-the-one-before'}}
    expect(judge(another, {events}, before)).toBe('suspicious claim-pending')
    expect(judge(claim('Pending'), {events}, claim('Bound'))).toBe('suspicious claim-pending')
  })

  test('says whose volume is gone, and in which words it was refused', () => {
    expect(verdictOn(claim('Lost'))).toMatchObject({doom: {message: expect.stringContaining('pv-1')}})
    const events = told('ProvisioningFailed', 'Warning')
    expect(verdictOn(claim('Pending'), {events})).toMatchObject({
      doom: {evidence: 'Pending: ProvisioningFailed: in its own words'},
    })
  })
})

describe('a HorizontalPodAutoscaler', () => {
  const scaler = (type: string, status: string, reason: string) =>
    anObject('HorizontalPodAutoscaler', {
      status: {conditions: [{type, status, reason, message: 'why', lastTransitionTime: at(5)}]},
    })

  test.each<[string, ApiObject, Short]>([
    ['new', anObject('HorizontalPodAutoscaler', {}), 'ready'],
    ['at work', scaler('ScalingActive', 'True', 'ValidMetricFound'), 'ready'],
    ['without metrics of new pods', scaler('ScalingActive', 'False', 'FailedGetResourceMetric'), 'ready'],
    ['off, with no replicas', scaler('ScalingActive', 'False', 'ScalingDisabled'), 'ready'],
    [
      'of a target that is not there',
      scaler('AbleToScale', 'False', 'FailedGetScale'),
      'suspicious cannot-scale',
    ],
    [
      'with a metric nobody knows',
      scaler('ScalingActive', 'False', 'InvalidMetricSourceType'),
      'suspicious cannot-scale',
    ],
  ])('%s', (_, object, said) => {
    expect(judge(object)).toBe(said)
  })

  test('that could not scale before is old trouble', () => {
    const before = scaler('AbleToScale', 'False', 'FailedGetScale')
    expect(judge(before, {}, before)).toBe('ready')
  })

  test('that may not be read is left out', () => {
    const ref = {kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'shop-main'}
    const snapshot = aSnapshot({unreadable: ['HorizontalPodAutoscaler']})
    expect(short(judgeWorkloads([ref], snapshot, EMPTY_BASELINE)[0])).toBe('ready')
  })

  test('has the last word on how many pods there are to be', () => {
    const scaledUp = {replicas: 7, updatedReplicas: 7, availableReplicas: 7, readyReplicas: 7}
    const {metadata, ...rest} = aDeployment({replicas: 7}, scaledUp)
    expect(judge({...rest, metadata})).toBe('ready')
    expect(judge(aDeployment({replicas: 7}, {...scaledUp, availableReplicas: 3}))).toBe('progressing')
  })
})

describe('a Service', () => {
  const labels = {app: 'shop', release: 'main'}
  const service = (spec: Fragment) =>
    anObject('Service', {spec: {ports: [{port: 80, targetPort: 8080}], ...spec}})
  const pod = (more: Fragment = {}) => aPod('shop-main-abc', {labels, ...more})
  const workload = {
    ...aDeployment({template: {metadata: {labels}}}),
    metadata: {...aDeployment().metadata, name: 'other'},
  }
  const unready = {containers: {main: running({ready: false})}}

  test.each<[string, Fragment, ApiObject[], Short]>([
    ['that its pods answer', {selector: {app: 'shop'}}, [pod()], 'ready'],
    ['whose pods are not ready yet', {selector: {app: 'shop'}}, [pod(unready)], 'ready'],
    ['without a selector', {}, [pod()], 'ready'],
    ['that is a name elsewhere', {type: 'ExternalName', selector: {app: 'no'}}, [pod()], 'ready'],
    ['without pods at all', {selector: {app: 'shop'}}, [], 'ready'],
    [
      'that asks for labels no pod has',
      {selector: {app: 'shop', release: 'mian'}},
      [pod()],
      'suspicious selects-no-pod',
    ],
    ['the same, while no pod is ready', {selector: {app: 'shop', release: 'mian'}}, [pod(unready)], 'ready'],
    ['that asks for a label given at run time', {selector: {app: 'shop', role: 'leader'}}, [pod()], 'ready'],
    ['headless, without ports', {clusterIP: 'None', ports: [], selector: {app: 'shop'}}, [pod()], 'ready'],
    [
      'that sends to a port no pod has',
      {selector: labels, ports: [{port: 80, targetPort: 'http'}]},
      [pod()],
      'suspicious selects-no-pod',
    ],
    [
      'that sends to a port of that name',
      {selector: labels, ports: [{port: 80, targetPort: 'http'}]},
      [pod({containers: {main: running({spec: {ports: [{name: 'http', containerPort: 8080}]}})}})],
      'ready',
    ],
  ])('%s', (_, spec, pods, said) => {
    expect(judge(service(spec), {workloads: [workload], pods})).toBe(said)
  })

  test('says which labels no pod has', () => {
    const parts = {workloads: [workload], pods: [pod()]}
    expect(verdictOn(service({selector: {app: 'shop', release: 'mian'}}), parts)).toMatchObject({
      doom: {message: 'it sends to no pod: none has the labels app=shop, release=mian'},
    })
  })

  test('that sent to nothing before is old trouble', () => {
    const idle = service({selector: {app: 'shop', release: 'mian'}})
    expect(judge(idle, {workloads: [workload], pods: [pod()]}, idle)).toBe('ready')
  })

  test('is not judged where pods may not be read', () => {
    const idle = service({selector: {app: 'shop', release: 'mian'}})
    expect(judge(idle, {workloads: [workload], unreadable: ['Pod']})).toBe('ready')
  })
})

describe('an object with conditions', () => {
  const certificate = (conditions: Fragment[], more: Fragment = {}) =>
    anObject('Certificate', {status: {conditions, ...more}})
  const ready = (status: string, more: Fragment = {}) => ({
    type: 'Ready',
    status,
    reason: 'Issuing',
    message: 'the Secret does not exist',
    lastTransitionTime: at(5),
    ...more,
  })

  test.each<[string, ApiObject, Short]>([
    ['none at all: nobody looks after it', anObject('Certificate', {}), 'ready'],
    ['Ready', certificate([ready('True')]), 'ready'],
    ['not Ready', certificate([ready('False')]), 'suspicious condition-false'],
    ['nobody knows yet', certificate([ready('Unknown')]), 'suspicious condition-false'],
    ['about an older generation', certificate([ready('False')], {observedGeneration: 1}), 'ready'],
    [
      'about an older generation, each for itself',
      certificate([ready('False', {observedGeneration: 1})]),
      'ready',
    ],
    [
      'about this generation',
      certificate([ready('False')], {observedGeneration: 2}),
      'suspicious condition-false',
    ],
    ['one that says nothing of its health', certificate([ready('False', {type: 'Issuing'})]), 'ready'],
    ['given up', certificate([ready('True', {type: 'Stalled'})]), 'doomed condition-stalled'],
    [
      'a CRD that is not Established',
      certificate([ready('False', {type: 'Established'})]),
      'suspicious condition-false',
    ],
  ])('%s', (_, object, said) => {
    expect(judge(object)).toBe(said)
  })

  test('that said the same before is old trouble', () => {
    const failing = certificate([ready('False')])
    expect(judge(failing, {}, failing)).toBe('ready')
    expect(judge(certificate([ready('False', {message: 'denied'})]), {}, failing)).toBe(
      'suspicious condition-false',
    )
  })

  test('is found without the namespace that a chart gives it', () => {
    const {metadata, ...rest} = anObject('CustomResourceDefinition', {
      status: {conditions: [ready('False', {type: 'Established'})]},
    })
    const {namespace: _, ...clusterWide} = metadata
    expect(judge({...rest, metadata: clusterWide})).toBe('suspicious condition-false')
  })
})

function anObject(kind: string, parts: Fragment): ApiObject {
  return {kind, metadata: {name: 'shop-main', namespace: 'shop', uid: `${kind}-uid`, generation: 2}, ...parts}
}

function verdictOn(
  object: ApiObject,
  parts: Partial<Snapshot> = {},
  before?: ApiObject,
): Verdict | undefined {
  const baseline = takeBaseline(aSnapshot({nowMs: START_MS, workloads: before === undefined ? [] : [before]}))
  const ref = {kind: object.kind ?? '', namespace: 'shop', name: 'shop-main'}
  const workloads = [object, ...(parts.workloads ?? [])]
  return judgeWorkloads([ref], aSnapshot({...parts, workloads}), baseline)[0]
}

function judge(object: ApiObject, parts: Partial<Snapshot> = {}, before?: ApiObject): Short {
  return short(verdictOn(object, parts, before))
}

function short(verdict: Verdict | undefined): Short {
  const reason = verdict?.kind === 'doomed' || verdict?.kind === 'suspicious' ? ` ${verdict.doom.reason}` : ''
  return `${verdict?.kind}${reason}`
}
