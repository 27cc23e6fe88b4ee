import type {Case} from './case.ts'
import {
  type CaseObject,
  configMap,
  container,
  deployment,
  type Fields,
  job,
  REGISTRY,
} from './case-objects.ts'

const good = deployment(container())
const MISSING = {secretRef: {name: 'missing'}}

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
    objects: [deployment(container('', {envFrom: [MISSING]}))],
    expected: 'config-missing',
  },
  {
    name: 'missing-key',
    title: 'a key of a ConfigMap is not there',
    objects: [configMap({known: 'value'}), deployment(container('', {env: [fromConfigMap('unknown')]}))],
    expected: 'config-missing',
  },
  {
    name: 'hook-missing-secret',
    title: 'a hook that helm waits for refers to a Secret that is not there',
    kind: 'Job',
    objects: [good, hook(job({...container('exit'), readinessProbe: undefined, envFrom: [MISSING]}))],
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

function hook(object: CaseObject): CaseObject {
  const annotations = {'helm.sh/hook': 'pre-install'}
  return {...object, metadata: {...object.metadata, annotations}}
}

function fromConfigMap(key: string): Fields {
  return {name: 'SETTING', valueFrom: {configMapKeyRef: {name: 'demo', key}}}
}

function annotated(object: CaseObject, annotations: Fields): CaseObject {
  const copy = structuredClone(object) as CaseObject & {spec: Fields}
  copy.spec.template.metadata.annotations = annotations
  return copy
}
