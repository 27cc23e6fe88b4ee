import {expect, test} from 'vitest'
import type {KubernetesObject} from '../../src/diff/manifests.ts'
import {askedObjects, foreignOwner} from '../../src/plan/asked-objects.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import {withDrift} from '../../src/plan/drift.ts'
import {compareObjects} from '../../src/diff/changes.ts'
import {aDeployment, aRelease, anEnvironment, aRevision, attended, cleanTree, settings} from './facts.ts'

const release = {namespace: 'shop', name: 'main'}

function aConfigMap(name: string, value: string): KubernetesObject {
  const body = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}, data: {value}}
  return {apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name, source: undefined, body}
}

function aHook(name: string, policy?: string): KubernetesObject {
  const annotations = {
    'helm.sh/hook': 'pre-upgrade',
    ...(policy === undefined ? {} : {'helm.sh/hook-delete-policy': policy}),
  }
  const body = {apiVersion: 'batch/v1', kind: 'Job', metadata: {name, annotations}, spec: {}}
  return {apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name, source: undefined, body}
}

function asked(given: Parameters<typeof aRelease>[1]) {
  const facts = {
    service: {group: 'services', name: 'shop'},
    tree: cleanTree,
    environments: [anEnvironment('eqiad', [aRelease('main', given)])],
    skipped: [],
  }
  const compare = (before: readonly KubernetesObject[], after: readonly KubernetesObject[]) =>
    compareObjects(before, after, {contextLines: 1})
  const plan = withDrift(
    makePlan(facts, one => compare(one.deployed?.objects ?? [], one.wanted), settings, attended),
    facts,
    (before, after) => compare([before], after === undefined ? [] : [after]),
  )
  return plan.stages.flatMap(stage => askedObjects(stage, plan, facts))
}

test('what is added or changed, what is put back, and the hooks that run; what nobody writes is not asked', () => {
  const [same, drifted] = [aConfigMap('same', '1'), aConfigMap('drifted', '1')]
  const found = asked({
    deployed: aRevision(3, [aDeployment('shop', 'shop:v1'), same, drifted]),
    wanted: [aDeployment('shop', 'shop:v2'), same, drifted, aConfigMap('new', '1')],
    wantedHooks: [aHook('migrate'), aHook('keep', 'hook-succeeded')],
    drift: {objects: [{deployed: drifted, live: aConfigMap('drifted', 'by hand'), by: []}], unread: []},
  })
  expect(
    found.map(one => [one.kind, one.object.name, one.kind === 'apply' ? one.isNew : one.clears]),
  ).toEqual([
    ['apply', 'shop', false],
    ['apply', 'drifted', false],
    ['apply', 'new', true],
    ['create', 'migrate', true],
    ['create', 'keep', false],
  ])
})

test('with take-ownership helm does not mind whose an object is', () => {
  const found = asked({
    wanted: [aDeployment('shop-main', 'shop:v2'), aConfigMap('new', '1')],
    takesOwnership: true,
  })
  expect(found.map(one => one.kind === 'apply' && one.isNew)).toEqual([false, false])
})

test.each([
  [{}, 'it is not managed by helm'],
  [{labels: {'app.kubernetes.io/managed-by': 'Helm'}}, 'it says of no release that it owns it'],
  [owned('canary'), 'it belongs to the release canary in shop'],
  [owned('main'), undefined],
])('%j: %s', (metadata, expected) => {
  expect(foreignOwner({metadata: {name: 'config', ...metadata}}, release)).toBe(expected)
})

function owned(name: string) {
  return {
    labels: {'app.kubernetes.io/managed-by': 'Helm'},
    annotations: {'meta.helm.sh/release-name': name, 'meta.helm.sh/release-namespace': 'shop'},
  }
}
