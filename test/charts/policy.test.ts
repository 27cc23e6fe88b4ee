import {describe, expect, test} from 'vitest'
import {findDenial, type Identity} from '../../src/charts/policy.ts'
import {parseSettings} from '../../src/charts/parse-settings.ts'
import {mergeSettings} from '../../src/charts/settings.ts'
import type {Plan} from '../../src/plan/plan.ts'
import {policyRefusal, underPolicy} from '../../src/plan/policy.ts'

const rules = `
policy:
  ci-stays-in-staging:
    who: [user:ci, "job:gitlab:shop/*"]
    environments: [staging]
  deployers:
    who: [group:deployment]
    services: [services/*]
  wiki-people:
    who: [user:carol]
    services: [wiki-*]
    environments: [production, staging]
  everyone-else:
    who: ["*"]
    services: [echo]
    environments: [staging]
`
const settings = mergeSettings([{...parseSettings(rules, 'deploy.yaml'), file: '/etc/deploy.yaml'}])
const anyone: Identity = {user: 'dave', groups: [], job: undefined}
const shop = {group: 'services', name: 'shop'}
const wiki = {group: 'services', name: 'wiki-web'}
const echo = {group: 'services', name: 'echo'}
const atlas = {group: 'dse-k8s-services', name: 'atlas'}

test.each([
  ['a rule that names the user', {user: 'ci'}, shop, ['staging'], undefined],
  ['the same elsewhere', {user: 'ci'}, shop, ['staging', 'eqiad'], 'eqiad'],
  ['a user in a group that may more', {user: 'ci', groups: ['deployment']}, shop, ['eqiad'], 'eqiad'],
  ['a job', {job: 'gitlab:shop/deploy'}, shop, ['eqiad'], 'eqiad'],
  ['another job', {job: 'gitlab:wiki/deploy'}, echo, ['staging'], undefined],
  ['a group', {groups: ['users', 'deployment']}, shop, ['eqiad', 'staging'], undefined],
  ['a group and a service it may not', {groups: ['deployment']}, atlas, ['dse-k8s-eqiad'], 'dse-k8s-eqiad'],
  ['a class of environments', {user: 'carol'}, wiki, ['eqiad', 'staging-codfw'], undefined],
  ['a class and another service', {user: 'carol'}, shop, ['staging'], 'staging'],
  ['nobody in particular', {}, echo, ['staging'], undefined],
  ['nobody in particular, elsewhere', {}, echo, ['eqiad'], 'eqiad'],
])('%s', (_, who, service, environments, denied) => {
  expect(findDenial({...anyone, ...who}, service, environments, settings)?.environment).toBe(denied)
})

test('nothing is changed nowhere: nobody is kept from that', () => {
  expect(findDenial({...anyone, user: 'ci'}, shop, [], settings)).toBeUndefined()
})

test('without a rule for somebody there is no limit', () => {
  const only = mergeSettings([parseSettings('policy: {x: {who: [user:ci], environments: [staging]}}', 'f')])
  expect(findDenial(anyone, shop, ['eqiad'], only)).toBeUndefined()
})

test('every file has to allow it', () => {
  const host = {...parseSettings('policy: {x: {who: ["*"]}}', 'a'), file: 'a'}
  const own = {...parseSettings('policy: {y: {who: ["*"], environments: [staging]}}', 'b'), file: 'b'}
  expect(findDenial(anyone, shop, ['eqiad'], mergeSettings([host, own]))).toMatchObject({
    file: 'b',
    rules: ['y'],
  })
})

test.each([
  ['a*c', 'abc', true],
  ['a*c', 'ac', true],
  ['a*ca', 'aca', true],
  ['a*a', 'a', false],
  ['*b*', 'abc', true],
  ['a*b*c', 'acb', false],
])('the service pattern %s and %s', (pattern, name, isAllowed) => {
  const own = mergeSettings([{policy: {x: {who: ['*'], services: [pattern]}}}])
  expect(findDenial(anyone, {group: 'g', name}, ['eqiad'], own) === undefined).toBe(isAllowed)
})

describe('a plan under a policy', () => {
  const plan = {
    service: shop,
    stages: [{environment: 'eqiad'}, {environment: 'eqiad'}],
    refusals: [{exitKind: 'declined', message: 'first', hint: ''}],
  } as unknown as Plan

  test('is refused before all else, naming the rule and the file', () => {
    const {refusals} = underPolicy(plan, {...anyone, user: 'ci', job: 'gitlab:shop/deploy'}, settings)
    expect(refusals).toHaveLength(2)
    expect(refusals[0]).toEqual({
      exitKind: 'forbidden',
      message:
        'ci (gitlab:shop/deploy) may not deploy shop to eqiad: the rule ci-stays-in-staging in /etc/deploy.yaml.',
      hint: 'It allows any service to staging. deploy doctor shows what else holds for you.',
    })
  })

  test('is what it was for those who may', () => {
    expect(underPolicy(plan, {...anyone, groups: ['deployment']}, settings)).toBe(plan)
  })
})

test('a name without its kind is no name', () => {
  expect(() => parseSettings('policy: {x: {who: [ci]}}', 'deploy.yaml')).toThrow(
    /deploy.yaml:1:20: policy.x.who.0: expected user:NAME/,
  )
})

test('a lock is refused as a deployment is', () => {
  const ci = {...anyone, user: 'ci'}
  expect(policyRefusal('lock', ci, shop, ['staging'], settings)).toBeUndefined()
  expect(policyRefusal('unlock', ci, shop, ['staging', 'eqiad'], settings)).toMatchObject({
    exitKind: 'forbidden',
    message: 'ci may not unlock shop in eqiad: the rule ci-stays-in-staging in /etc/deploy.yaml.',
  })
})
