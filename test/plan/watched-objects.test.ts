import {expect, test} from 'vitest'
import type {ObjectChange} from '../../src/diff/changes.ts'
import type {KubernetesObject} from '../../src/diff/kubernetes-object.ts'
import {watchedIn} from '../../src/plan/watched-objects.ts'

const deployment = anObject('Deployment', 'apps/v1', {
  template: {
    metadata: {labels: {app: 'shop'}},
    spec: {containers: [{image: 'shop:1', ports: [{name: 'http'}]}]},
  },
})
const service = anObject('Service', 'v1', {selector: {app: 'shop'}})
const certificate = anObject('Certificate', 'cert-manager.io/v1', {})
const manifest = [
  deployment,
  service,
  certificate,
  anObject('HorizontalPodAutoscaler', 'autoscaling/v2', {}),
  anObject('ConfigMap', 'v1', {}),
]

test('of a new version only the workloads are followed: nothing else changes', () => {
  const after = altered(deployment, spec => void (spec.template.spec.containers[0].image = 'shop:2'))
  expect(kinds([after, service, certificate], manifest, [changeOf(after)])).toEqual(['Deployment'])
})

test('of other objects those that change or are new, and none that nobody answers for', () => {
  const changes = manifest.map(changeOf)
  expect(kinds(manifest, [], changes)).toEqual([
    'Deployment',
    'Service',
    'Certificate',
    'HorizontalPodAutoscaler',
  ])
})

test.each<[string, (spec: KubernetesObject['body']) => void]>([
  ['labels', spec => void (spec.template.metadata.labels.app = 'other')],
  ['ports', spec => void (spec.template.spec.containers[0].ports[0].name = 'web')],
])('a Service is followed when pods have other %s, by which it finds them', (_, change) => {
  const after = altered(deployment, change)
  expect(kinds([after, service, certificate], manifest, [changeOf(after)])).toEqual(['Deployment', 'Service'])
})

test.each([
  ['HTTPRoute', 'gateway.networking.k8s.io/v1'],
  ['CustomResourceDefinition', 'apiextensions.k8s.io/v1'],
  ['VolumeSnapshot', 'snapshot.storage.k8s.io/v1'],
  ['ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1'],
])('%s is looked for in %s', (kind, apiVersion) => {
  const object = anObject(kind, apiVersion, {})
  expect(watchedIn([object], [], [changeOf(object)])).toMatchObject([{kind, apiVersion}])
})

test('where a kind is to be found is said when Kubernetes itself lacks it', () => {
  const [found] = watchedIn([certificate], [], [changeOf(certificate)])
  expect(found).toEqual({
    kind: 'Certificate',
    namespace: 'shop',
    name: 'shop-main',
    apiVersion: 'cert-manager.io/v1',
  })
  expect(watchedIn([service], [], [changeOf(service)])[0]).not.toHaveProperty('apiVersion')
})

function kinds(
  wanted: readonly KubernetesObject[],
  before: readonly KubernetesObject[],
  changes: ObjectChange[],
) {
  return watchedIn(wanted, before, changes).map(({kind}) => kind)
}

function anObject(kind: string, apiVersion: string, spec: object): KubernetesObject {
  return {apiVersion, kind, namespace: 'shop', name: 'shop-main', source: undefined, body: {spec}}
}

function altered(
  object: KubernetesObject,
  change: (spec: KubernetesObject['body']) => void,
): KubernetesObject {
  const copy = structuredClone(object)
  change(copy.body.spec)
  return copy
}

function changeOf({kind, namespace, name}: KubernetesObject): ObjectChange {
  return {kind: 'changed', objectKind: kind, namespace, name, diff: '', restartsPods: false}
}
