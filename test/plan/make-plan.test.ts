import {describe, expect, test} from 'vitest'
import {compareObjects} from '../../src/diff/changes.ts'
import type {Facts, ReleaseFacts} from '../../src/plan/facts.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import {
  aDeployment,
  aRelease,
  aRevision,
  anEnvironment,
  attended,
  cleanTree,
  facts,
  settings,
} from './facts.ts'

const compare = (release: ReleaseFacts) =>
  compareObjects(release.deployed?.objects ?? [], release.wanted, {contextLines: 3})
const planOf = (given: Facts, options = attended) => makePlan(given, compare, settings, options)
const unchanged = {wanted: [aDeployment('shop-main', 'registry/shop:v1')]}

describe('order', () => {
  test('staging, then every canary of production, then the rest', () => {
    const both = [aRelease('canary'), aRelease('main')]
    const plan = planOf(
      facts([
        anEnvironment('staging', [aRelease('main')]),
        anEnvironment('codfw', both),
        anEnvironment('eqiad', both),
      ]),
    )
    expect(plan.stages.map(stage => stage.name)).toEqual([
      'staging',
      'codfw canary',
      'eqiad canary',
      'codfw',
      'eqiad',
    ])
    expect(plan.stages.map(stage => stage.role)).toEqual(['whole', 'canary', 'canary', 'rest', 'rest'])
    expect(plan.stages.map(stage => stage.windowMs)).toEqual([10_000, 60_000, 60_000, 30_000, 30_000])
    expect(plan.stages.map(stage => stage.selectors)).toEqual([[], ['name=canary'], ['name=canary'], [], []])
  })

  test('asked before the first production environment and after the last canary', () => {
    const both = [aRelease('canary'), aRelease('main')]
    const plan = planOf(
      facts([
        anEnvironment('staging', [aRelease('main')]),
        anEnvironment('codfw', both),
        anEnvironment('eqiad', both),
      ]),
    )
    expect(plan.stages.filter(stage => stage.gate.kind === 'confirm').map(stage => stage.name)).toEqual([
      'codfw canary',
      'codfw',
    ])
  })

  test('nobody is asked where nobody watches', () => {
    const given = facts([
      anEnvironment('staging', [aRelease('main')]),
      anEnvironment('eqiad', [aRelease('main')]),
    ])
    const plan = makePlan(given, compare, {...settings, isUnattended: true}, attended)
    expect(plan.stages.map(stage => stage.gate.kind)).toEqual(['none', 'none'])
  })

  test('one environment alone is not asked about again', () => {
    const plan = planOf(facts([anEnvironment('eqiad', [aRelease('main')])]))
    expect(plan.stages.map(stage => stage.gate.kind)).toEqual(['none'])
  })

  test('what others need comes first, and is held until it is healthy', () => {
    const releases = [aRelease('main', {needs: ['shop/service-secrets']}), aRelease('service-secrets')]
    const [stage] = planOf(facts([anEnvironment('staging', releases)])).stages
    expect(stage?.steps.map(step => [step.release.name, step.isHeld])).toEqual([
      ['service-secrets', true],
      ['main', false],
    ])
    expect(stage?.fallback.map(step => step.release.name)).toEqual(['main', 'service-secrets'])
  })

  test('a need with a namespace means that one, and a bare name the one beside it', () => {
    const releases = [
      aRelease('main', {needs: ['other/base']}),
      aRelease('main', {namespace: 'other', needs: ['base']}),
      aRelease('base'),
      aRelease('base', {namespace: 'other'}),
    ]
    const [stage] = planOf(facts([anEnvironment('staging', releases)])).stages
    const held = stage?.steps.filter(step => step.isHeld).map(step => step.release)
    expect(held).toEqual([{namespace: 'other', name: 'base'}])
  })

  test('needs in a circle do not hang the plan', () => {
    const releases = [aRelease('a', {needs: ['b']}), aRelease('b', {needs: ['a']})]
    expect(planOf(facts([anEnvironment('staging', releases)])).stages[0]?.steps).toHaveLength(2)
  })
})

describe('what is done', () => {
  test('a release of the same name in another namespace is another one', () => {
    const elsewhere = aRelease('main', {...unchanged, namespace: 'other'})
    const plan = planOf(facts([anEnvironment('staging', [aRelease('main'), elsewhere])]))
    expect(plan.stages[0]?.steps.map(step => step.release)).toEqual([{namespace: 'shop', name: 'main'}])
    expect(plan.unchanged[0]?.releases.map(({namespace, name}) => `${namespace}/${name}`)).toEqual([
      'other/main',
    ])
  })

  test('nothing changes: no stage, and the release is told as unchanged', () => {
    const plan = planOf(facts([anEnvironment('staging', [aRelease('main', unchanged)])]))
    expect(plan.stages).toEqual([])
    expect(plan.unchanged).toEqual([
      {
        environment: 'staging',
        releases: [{namespace: 'shop', name: 'main', revision: 3, images: ['registry/shop:v1']}],
      },
    ])
  })

  test('the last change failed: applied again although the text is equal', () => {
    const release = aRelease('main', {...unchanged, latest: {revision: 4, status: 'failed'}})
    const plan = planOf(facts([anEnvironment('staging', [release])]))
    expect(plan.stages[0]?.steps[0]?.action).toEqual({kind: 'upgrade', fromRevision: 4})
    expect(plan.stages[0]?.fallback).toMatchObject([{kind: 'rollback', toRevision: 3}])
    expect(plan.warnings).toHaveLength(1)
  })

  test('a first install goes back by being removed', () => {
    const release = aRelease('main', {deployed: undefined, latest: undefined})
    const [stage] = planOf(facts([anEnvironment('staging', [release])])).stages
    expect(stage?.steps[0]?.action).toEqual({kind: 'install', fromRevision: undefined})
    expect(stage?.fallback).toMatchObject([{kind: 'uninstall'}])
  })

  test('pods that are to start anew: only where that was asked, or where something changes anyway', () => {
    const planWith = (given: Partial<ReleaseFacts>) =>
      planOf(facts([anEnvironment('staging', [aRelease('main', given)])]))
    const asked = planWith({...unchanged, podRestart: 'asked'})
    expect(asked.stages[0]?.steps).toMatchObject([{changes: [], recreatesPods: true}])
    expect(planWith({...unchanged, podRestart: 'with-changes'}).stages).toEqual([])
    expect(planWith({podRestart: 'with-changes'}).stages[0]?.steps).toMatchObject([{recreatesPods: true}])
  })

  test("the time limit is helmfile's, unless another one is given", () => {
    const given = facts([anEnvironment('staging', [aRelease('main')])])
    expect(planOf(given).stages[0]?.steps[0]?.timeoutMs).toBe(600_000)
    const short = makePlan(given, compare, {...settings, timeoutMs: 5000}, attended)
    expect(short.stages[0]?.steps[0]?.timeoutMs).toBe(5000)
  })

  test('images are told old and new', () => {
    const [stage] = planOf(facts([anEnvironment('staging', [aRelease('main')])])).stages
    expect(stage?.steps[0]?.images).toMatchObject([{before: 'registry/shop:v1', after: 'registry/shop:v2'}])
  })
})

describe('refusals', () => {
  const production = [anEnvironment('eqiad', [aRelease('main')])]
  const dirty = {...cleanTree, state: {kind: 'dirty' as const, files: ['a', 'b', 'c', 'd']}}

  test.each([
    [dirty, /uncommitted changes \(a, b, c, …\)/],
    [{...cleanTree, state: {kind: 'off-upstream' as const, detail: 'it is ahead'}}, /not on its upstream/],
    [{...cleanTree, state: {kind: 'not-git' as const}}, /not a git checkout/],
  ])('production from %o', (tree, message) => {
    const [refusal] = planOf(facts(production, {tree})).refusals
    expect(refusal).toMatchObject({exitKind: 'declined'})
    expect(refusal?.message).toMatch(message)
    expect(planOf(facts(production, {tree}), {...attended, isLocalTreeAllowed: true}).refusals).toEqual([])
  })

  test('staging may come from any tree', () => {
    expect(planOf(facts([anEnvironment('staging', [aRelease('main')])], {tree: dirty})).refusals).toEqual([])
  })

  test('a version that git does not hold, unattended in production, needs --override', () => {
    const release = aRelease('main', {
      versionOverride: {path: ['main_app', 'version'], value: 'v9', tag: 'v9'},
    })
    const given = facts([anEnvironment('eqiad', [release])])
    expect(planOf(given).refusals).toEqual([])
    expect(planOf(given, {...attended, isUnattended: true}).refusals).toMatchObject([{exitKind: 'declined'}])
    expect(planOf(given, {...attended, isUnattended: true, isOverrideAllowed: true}).refusals).toEqual([])
  })

  test('so do values that git does not hold', () => {
    const given = facts([anEnvironment('eqiad', [aRelease('main', {given: ['--set resources.replicas=5']})])])
    const [refusal] = planOf(given, {...attended, isUnattended: true}).refusals
    expect(refusal?.message).toContain('--set resources.replicas=5')
    expect(planOf(given, {...attended, isUnattended: true, isOverrideAllowed: true}).refusals).toEqual([])
  })

  test('files that the service was deployed with and that are missing here stop a run that nobody watches', () => {
    const ridesAlong: ReleaseFacts['ridesAlong'] = {
      since: {kind: 'run', runId: 'r', commit: 'c', at: ''},
      commits: {newest: [], total: 0, isCut: false, command: ''},
      takenBack: {newest: [], total: 0, isCut: false, command: ''},
      outside: [
        {path: '/etc/private/main.yaml', kind: 'gone'},
        {path: '/etc/general.yaml', kind: 'changed'},
      ],
    }
    const given = facts([anEnvironment('staging', [aRelease('main', {ridesAlong})])])
    expect(planOf(given).refusals).toEqual([])
    const [refusal] = planOf(given, {...attended, isUnattended: true}).refusals
    expect(refusal).toMatchObject({exitKind: 'declined'})
    expect(refusal?.message).toContain('/etc/private/main.yaml')
    expect(refusal?.message).not.toContain('general')
    const {wanted} = aRelease('main')
    const same = aRelease('main', {ridesAlong, deployed: aRevision(3, wanted)})
    const nothing = facts([anEnvironment('staging', [same])])
    expect(planOf(nothing, {...attended, isUnattended: true}).refusals).toEqual([])
  })

  test('a production environment that cannot be reached from here stops a run that nobody watches', () => {
    const skipped = [
      {environment: 'codfw', environmentClass: 'production' as const, reason: 'there is no kubeconfig'},
    ]
    expect(planOf(facts(production, {skipped})).refusals).toEqual([])
    expect(planOf(facts(production, {skipped}), {...attended, isUnattended: true}).refusals).toMatchObject([
      {exitKind: 'declined'},
    ])
  })

  test.each([
    [aRevision(3, []), 'helm rollback main 3 -n shop'],
    [undefined, 'helm rollback main 3 -n shop'],
  ])('a release that is being changed, or was cut off', (deployed, hint) => {
    const release = aRelease('main', {deployed, latest: {revision: 4, status: 'pending-upgrade'}})
    const found = facts([anEnvironment('staging', [release])])
    const [refusal] = makePlan(found, () => [], settings, {...attended, isUnattended: true}).refusals
    expect(refusal?.hint).toContain(hint)
  })
})
