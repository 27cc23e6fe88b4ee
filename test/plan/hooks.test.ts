import {describe, expect, test} from 'vitest'
import {compareObjects} from '../../src/diff/changes.ts'
import type {KubernetesObject} from '../../src/diff/manifests.ts'
import type {ReleaseFacts} from '../../src/plan/facts.ts'
import {hooksOf, ranBefore, ranHooks, ranTexts} from '../../src/plan/hooks.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import {aDeployment, aRelease, aRevision, anEnvironment, attended, facts, settings} from './facts.ts'

function aHook(name: string, events: string, command = 'migrate'): KubernetesObject {
  const body = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {name, namespace: 'shop', annotations: {'helm.sh/hook': events}},
    spec: {
      template: {spec: {containers: [{name: 'migrate', image: 'registry/shop:v1', command: [command]}]}},
    },
  }
  return {apiVersion: 'batch/v1', kind: 'Job', namespace: 'shop', name, source: undefined, body}
}

const differences = (before: readonly KubernetesObject[], after: readonly KubernetesObject[]) =>
  compareObjects(before, after, {contextLines: 3})

describe('hooksOf', () => {
  const hooks = [aHook('migrate', 'pre-install, pre-upgrade'), aHook('check', 'test')]

  test.each([
    ['install', ['pre-install']],
    ['upgrade', ['pre-upgrade']],
    ['rollback', []],
  ] as const)('at an %s', (action, runs) => {
    expect(hooksOf(hooks, hooks, [], action).map(hook => hook.runs)).toEqual(runs.length > 0 ? [runs] : [])
  })

  test('one that differs is told, also where it does not run', () => {
    const changed = [hooks[0], aHook('check', 'test', 'other')].flatMap(one => one ?? [])
    expect(hooksOf(hooks, changed, differences(hooks, changed), 'rollback')).toMatchObject([
      {name: 'check', when: ['test'], runs: [], change: {kind: 'changed', restartsPods: false}},
    ])
  })

  test('one that is gone from the chart does not run any more', () => {
    expect(hooksOf(hooks, [], differences(hooks, []), 'upgrade')).toMatchObject([
      {name: 'migrate', runs: [], change: {kind: 'removed'}},
      {name: 'check', runs: [], change: {kind: 'removed'}},
    ])
  })
})

describe('what has run and is not undone', () => {
  const migrate = aHook('migrate', 'pre-install, pre-upgrade')
  const others = [aHook('check', 'test'), aHook('tidy', 'post-delete'), aHook('warm', 'post-upgrade')]

  const revision = (number: number) => ({...aRevision(number, []), hooks: [migrate, ...others]})

  test('of a revision: what helm runs when it is written', () => {
    expect(ranHooks(revision(3))).toEqual(['Job migrate', 'Job warm'])
    expect(ranHooks(revision(1))).toEqual(['Job migrate'])
    expect(ranHooks({...revision(4), restores: 2})).toEqual([])
  })

  test('of a step: only what comes before its objects, and only forward', () => {
    const hooks = hooksOf([], [migrate, ...others, aHook('before', 'pre-rollback')], [], 'upgrade')
    const upgrade = {kind: 'upgrade', fromRevision: 3} as const
    expect(ranBefore({action: upgrade, hooks})).toEqual(['Job migrate'])
    const back = hooksOf([], [aHook('migrate', 'pre-upgrade,pre-rollback')], [], 'rollback')
    expect(ranBefore({action: {kind: 'rollback', fromRevision: 4, toRevision: 3}, hooks: back})).toEqual([])
  })

  test('in words', () => {
    expect(ranTexts('eqiad', 'main', [], 'has-run')).toEqual([])
    expect(ranTexts('eqiad', 'main', ['Job migrate'], 'has-run')).toEqual([
      'eqiad: the hook Job migrate of main has run for the version that goes; what it did is not undone.',
    ])
    expect(ranTexts('eqiad', 'main', ['Job migrate', 'Pod seed'], 'may-have-run')).toEqual([
      'eqiad: the hook Job migrate, Pod seed of main may have run for the version that goes; what it did is not undone.',
    ])
  })
})

test('a hook that differs is a change like any other, and its image is among the images', () => {
  const compare = (release: ReleaseFacts) => differences(release.deployed?.objects ?? [], release.wanted)
  const unchanged = [aDeployment('shop-main', 'registry/shop:v1')]
  const planWith = (wantedHooks: readonly KubernetesObject[]) => {
    const deployed = {...aRevision(3, unchanged), hooks: [aHook('migrate', 'pre-upgrade')]}
    const release = aRelease('main', {wanted: unchanged, deployed, wantedHooks})
    return makePlan(facts([anEnvironment('staging', [release])]), compare, settings, attended)
  }
  expect(planWith([aHook('migrate', 'pre-upgrade')]).stages).toEqual([])
  expect(planWith([aHook('migrate', 'pre-upgrade', 'other')]).stages[0]?.steps).toMatchObject([
    {changes: [], images: [], hooks: [{name: 'migrate', runs: ['pre-upgrade']}]},
  ])
  expect(planWith([aHook('other', 'post-upgrade')]).stages[0]?.steps[0]?.images).toMatchObject([
    {workload: {kind: 'Job', name: 'other'}, after: 'registry/shop:v1'},
    {workload: {kind: 'Job', name: 'migrate'}, before: 'registry/shop:v1'},
  ])
})
