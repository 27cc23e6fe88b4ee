import {expect, test} from 'vitest'
import {compareObjects} from '../../src/diff/changes.ts'
import {compareImages} from '../../src/diff/images.ts'
import type {KubernetesObject} from '../../src/diff/kubernetes-object.ts'
import {likelyCause} from '../../src/plan/likely-cause.ts'
import type {DoomReason} from '../../src/rollout/verdict.ts'

// biome-ignore lint/suspicious/noExplicitAny: any container
type Container = Record<string, any>

const before: Container = {
  name: 'main',
  image: 'registry.example/wikimedia/shop:1',
  args: ['serve'],
  env: [{name: 'DB', value: 'db1'}],
  ports: [{name: 'http', containerPort: 8080}],
  livenessProbe: {httpGet: {path: '/livez', port: 8080}, failureThreshold: 3},
  resources: {limits: {cpu: '1', memory: '512Mi'}},
}
const newImage = {image: 'registry.example/wikimedia/shop:2'}
const missing = {name: 'KEY', valueFrom: {secretKeyRef: {name: 'missing', key: 'token'}}}

test.each<[DoomReason, Container, string | undefined]>([
  ['crash-loop', newImage, 'image wikimedia/shop:1 → wikimedia/shop:2'],
  ['crash-loop', {...newImage, args: ['server']}, 'containers[main].args[0] serve → server'],
  ['crash-loop', {env: [{name: 'DB', value: 'db2'}]}, 'containers[main].env[DB].value db1 → db2'],
  [
    'out-of-memory',
    {...newImage, resources: {limits: {cpu: '1', memory: '48Mi'}}},
    'containers[main].resources.limits.memory 512Mi → 48Mi',
  ],
  ['out-of-memory', newImage, 'image wikimedia/shop:1 → wikimedia/shop:2'],
  ['config-missing', {...newImage, env: [...before.env, missing]}, 'secretKeyRef.name is new: missing'],
  [
    'probe-killed',
    {...newImage, livenessProbe: {...before.livenessProbe, failureThreshold: 1}},
    'livenessProbe.failureThreshold 3 → 1',
  ],
  ['image-not-found', newImage, 'image wikimedia/shop:1 → wikimedia/shop:2'],
  ['unschedulable', newImage, undefined],
  ['progress-deadline', newImage, undefined],
])('%s: %j', (reason, more, cause) => {
  expect(causeOf(reason, {...before, ...more})).toEqual(
    cause === undefined ? undefined : expect.stringContaining(cause),
  )
})

test('a changed configuration is suspected when nothing nearer is', () => {
  const config = (text: string): KubernetesObject => anObject('ConfigMap', 'shop-config', {data: {text}})
  const changes = compareObjects([config('a')], [config('b')], {contextLines: 1})
  expect(likelyCause(aDoom('crash-loop'), ref, {...upgrade, changes, images: []})).toBe(
    'ConfigMap shop-config changed',
  )
})

test('where everything is new nothing is suspected', () => {
  const action = {kind: 'install', fromRevision: undefined} as const
  expect(likelyCause(aDoom('crash-loop'), ref, {...stepOf({...before, ...newImage}), action})).toBeUndefined()
})

const ref = {kind: 'Deployment', namespace: 'shop', name: 'shop-main'}
const upgrade = {action: {kind: 'upgrade', fromRevision: 1}} as const

function causeOf(reason: DoomReason, container: Container): string | undefined {
  return likelyCause(aDoom(reason), ref, stepOf(container))
}

function stepOf(container: Container) {
  const [old, wanted] = [before, container].map(one => [
    anObject('Deployment', 'shop-main', {spec: {template: {spec: {containers: [one]}}}}),
  ])
  const changes = compareObjects(old ?? [], wanted ?? [], {contextLines: 3})
  return {...upgrade, changes, images: compareImages(old ?? [], wanted ?? [])}
}

function aDoom(reason: DoomReason) {
  const about = {pod: 'shop-main-abc', container: 'main', image: 'x', shownAtMs: undefined}
  return {reason, message: '', evidence: 'secret "missing" not found', ...about}
}

function anObject(kind: string, name: string, body: object): KubernetesObject {
  return {apiVersion: 'v1', kind, namespace: 'shop', name, source: undefined, body}
}
