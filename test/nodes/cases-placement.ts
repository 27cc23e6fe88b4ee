import type {Case} from './case.ts'
import {type CaseObject, claim, container, deployment, type Fields} from './case-objects.ts'

const good = deployment(container())
const denied = {matchExpressions: [{key: 'forbidden', operator: 'Exists'}]}

/** What keeps a pod from being made, or from finding a node, for good or for a while. */
export const PLACEMENT_CASES: readonly Case[] = [
  {
    name: 'quota-too-small',
    title: 'the quota has no room',
    given: [quota(1)],
    objects: [deployment(container(), {replicas: 2})],
    expected: 'quota-exceeded',
    graceSeconds: {'quota-exceeded': 10},
  },
  {
    name: 'quota-surge',
    title: 'the quota is tight only while pods are exchanged',
    before: [exchanged('1')],
    given: [quota(3)],
    objects: [exchanged('2')],
    expected: 'ready',
    suspected: 'quota-exceeded',
  },
  {
    name: 'admission-policy',
    title: 'a ValidatingAdmissionPolicy refuses the pods',
    given: [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicy',
        metadata: {name: 'no-forbidden-pods'},
        spec: {
          matchConstraints: {
            resourceRules: [
              {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods']},
            ],
            objectSelector: denied,
          },
          validations: [{expression: 'false', message: 'pods with the label forbidden are refused'}],
        },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: {name: 'no-forbidden-pods'},
        spec: {policyName: 'no-forbidden-pods', validationActions: ['Deny']},
      },
    ],
    objects: [labelled(good, {forbidden: 'indeed'})],
    expected: 'admission-refused',
  },
  {
    name: 'unschedulable',
    title: 'no node can take the pod',
    objects: [deployment(container(), {}, {nodeSelector: {disk: 'tape'}})],
    expected: 'unschedulable',
    graceSeconds: {unschedulable: 10},
  },
  {
    name: 'node-appears',
    title: 'no node can take the pod for 5 s, then a node appears',
    objects: [good],
    expected: 'ready',
    suspected: 'unschedulable',
    cluster: 'codfw',
    // To start a node takes a busy machine as long as it takes.
    graceSeconds: {unschedulable: 180},
  },
  {
    name: 'claim-pending',
    title: 'nobody provides the volume that it claims',
    objects: [
      claim(),
      deployment(container(), {}, {volumes: [{name: 'data', persistentVolumeClaim: {claimName: 'demo'}}]}),
    ],
    expected: 'unschedulable',
    graceSeconds: {unschedulable: 10},
  },
]

function quota(pods: number): object {
  return {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: {name: 'demo'},
    spec: {hard: {pods: String(pods)}},
  }
}

/** Three pods, which are exchanged one by one: a fourth for a moment. */
function exchanged(version: string): CaseObject {
  const strategy = {type: 'RollingUpdate', rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}
  return deployment(container('', {env: [{name: 'VERSION', value: version}]}), {replicas: 3, strategy})
}

function labelled(object: CaseObject, labels: Fields): CaseObject {
  const copy = structuredClone(object) as CaseObject & {spec: Fields}
  copy.spec.template.metadata.labels = {...copy.spec.template.metadata.labels, ...labels}
  return copy
}
