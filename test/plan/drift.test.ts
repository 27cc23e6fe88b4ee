import {expect, test} from 'vitest'
import type {KubernetesObject} from '../../src/diff/kubernetes-object.ts'
import {type DriftedObject, withDrift} from '../../src/plan/drift.ts'
import type {ReleaseFacts} from '../../src/plan/facts.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import {aDeployment, aRelease, aRevision, anEnvironment, attended, facts, settings} from './facts.ts'

const certificate = (spec: object): KubernetesObject => {
  const body = {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: {name: 'tls', namespace: 'shop'},
    spec,
  }
  return {
    apiVersion: body.apiVersion,
    kind: 'Certificate',
    namespace: 'shop',
    name: 'tls',
    source: undefined,
    body,
  }
}
const change = {
  kind: 'changed' as const,
  objectKind: 'Deployment',
  namespace: 'shop',
  name: 'x',
  diff: '',
  restartsPods: false,
}

function fatesOf(drifted: DriftedObject, given: Partial<ReleaseFacts>, isPlanned = true): string[] {
  const read = facts([
    anEnvironment('staging', [aRelease('main', {...given, drift: {objects: [drifted], unread: []}})]),
  ])
  const plan = makePlan(read, () => (isPlanned ? [change] : []), settings, attended)
  return withDrift(plan, read, () => [change]).drift.map(({fate}) =>
    fate.kind === 'stays' ? fate.why : fate.kind,
  )
}

const deployment = aDeployment('shop-main', 'registry/shop:v1')
const byHand = {deployed: deployment, live: aDeployment('shop-main', 'registry/shop:hot'), by: []}

test("helm undoes what was changed in Kubernetes' own kinds, where it is run at all", () => {
  expect(fatesOf(byHand, {})).toEqual(['undone'])
  expect(fatesOf({...byHand, live: undefined}, {})).toEqual(['undone'])
  expect(fatesOf(byHand, {}, false)).toEqual(['release-unchanged'])
})

test('an object that the new chart does not have goes away with its changes', () => {
  expect(fatesOf(byHand, {wanted: [aDeployment('shop-other', 'registry/shop:v2')]})).toEqual(['removed'])
})

test('of other kinds helm compares the manifests only: what does not differ between them stays', () => {
  const [old, hot] = [certificate({names: ['a'], days: 90}), certificate({names: ['a'], days: 1})]
  const drifted = {deployed: old, live: hot, by: []}
  const deployed = aRevision(3, [old])
  const wanted = (spec: object) => ({deployed, wanted: [certificate(spec)]})
  expect(fatesOf(drifted, wanted({names: ['a'], days: 90}))).toEqual(['kind-unknown-to-helm'])
  expect(fatesOf(drifted, wanted({names: ['b'], days: 90}))).toEqual(['kind-unknown-to-helm'])
  expect(fatesOf(drifted, wanted({names: ['a'], days: 30}))).toEqual(['undone'])
  expect(fatesOf({...drifted, live: undefined}, wanted({names: ['a'], days: 90}))).toEqual(['undone'])
  const applied = {...deployed, isServerSideApplied: true}
  expect(fatesOf(drifted, {...wanted({names: ['a'], days: 90}), deployed: applied})).toEqual(['undone'])
})
