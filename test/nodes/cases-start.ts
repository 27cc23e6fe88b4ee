import type {Case} from './case.ts'
import {
  type CaseObject,
  claim,
  configMap,
  container,
  deployment,
  type Fields,
  REGISTRY,
} from './case-objects.ts'

const good = deployment(container())
const denied = {matchExpressions: [{key: 'forbidden', operator: 'Exists'}]}

/** What keeps a container from starting, for good or for a while. */
export const START_CASES: readonly Case[] = [
  {
    name: 'missing-tag',
    title: 'the tag is deleted between plan and pull',
    before: [good],
    objects: [deployment(container('', {image: `${REGISTRY}/cases/deleted:1`}))],
    expected: 'image-not-found',
  },
  {
    name: 'unauthorised-registry',
    title: 'the registry wants credentials that the node does not have',
    objects: [deployment(container('', {image: 'private.registry.test/cases/demo:1'}))],
    expected: 'image-denied',
  },
  {
    name: 'registry-down-8s',
    title: 'the registry is down for 8 s, then up',
    objects: [
      deployment(container('', {image: 'late.registry.test/cases/demo:1', imagePullPolicy: 'Always'})),
    ],
    expected: 'ready',
    suspected: 'registry-fault',
  },
  {
    name: 'image-name-invalid',
    title: 'the image has no valid name',
    objects: [deployment(container('', {image: `${REGISTRY}/Cases/Demo:1`}))],
    expected: 'image-name-invalid',
  },
  {
    name: 'image-never-pulled',
    title: 'an image that is not on the node, with the policy Never',
    objects: [deployment(container('', {image: `${REGISTRY}/cases/never:1`, imagePullPolicy: 'Never'}))],
    expected: 'image-never-pulled',
  },
  {
    name: 'missing-secret',
    title: 'a Secret that it refers to is not there',
    before: [good],
    objects: [deployment(container('', {envFrom: [{secretRef: {name: 'missing'}}]}))],
    expected: 'config-missing',
  },
  {
    name: 'missing-key',
    title: 'a key of a ConfigMap is not there',
    objects: [configMap({known: 'value'}), deployment(container('', {env: [fromConfigMap('unknown')]}))],
    expected: 'config-missing',
  },
  {
    name: 'start-error',
    title: 'the command is not in the image',
    objects: [deployment(container('', {command: ['/no-such-program']}))],
    expected: 'cannot-run',
  },
  {
    name: 'runs-as-root',
    title: 'it may not run as root, and its image wants to',
    objects: [deployment(container('', {securityContext: {runAsNonRoot: true, runAsUser: 0}}))],
    expected: 'cannot-run',
  },
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
  {
    name: 'missing-volume',
    title: 'a Secret that it mounts is not there',
    objects: [
      deployment(
        container('', {volumeMounts: [{name: 'keys', mountPath: '/keys'}]}),
        {},
        {volumes: [{name: 'keys', secret: {secretName: 'missing'}}]},
      ),
    ],
    expected: 'volume-fault',
    graceSeconds: {'volume-fault': 10},
  },
  {
    name: 'sandbox-fault',
    title: 'the node cannot make a sandbox for the pod',
    objects: [annotated(good, {'kubernetes.io/ingress-bandwidth': '1'})],
    expected: 'sandbox-fault',
    graceSeconds: {'sandbox-fault': 10},
  },
]

function fromConfigMap(key: string): Fields {
  return {name: 'SETTING', valueFrom: {configMapKeyRef: {name: 'demo', key}}}
}

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

function annotated(object: CaseObject, annotations: Fields): CaseObject {
  const copy = structuredClone(object) as CaseObject & {spec: Fields}
  copy.spec.template.metadata.annotations = annotations
  return copy
}
