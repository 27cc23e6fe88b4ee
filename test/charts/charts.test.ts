import {describe, expect, test} from 'vitest'
import {pickService} from '../../src/charts/catalog.ts'
import {classOf, pickEnvironments} from '../../src/charts/environments.ts'
import {nearest} from '../../src/charts/nearest.ts'
import {parseSettings} from '../../src/charts/parse-settings.ts'
import {durationMs} from '../../src/charts/duration.ts'
import {mergeSettings} from '../../src/charts/settings.ts'
import {DeployError} from '../../src/errors.ts'

const services = [
  {group: 'services', name: 'shop'},
  {group: 'services', name: 'datahub'},
  {group: 'dse-k8s-services', name: 'datahub'},
]

function failure(act: () => unknown): DeployError {
  try {
    act()
  } catch (error) {
    if (error instanceof DeployError) return error
  }
  throw new Error('it did not fail with a DeployError')
}

describe('pickService', () => {
  test('by name, by group and name', () => {
    expect(pickService('shop', services)).toEqual({group: 'services', name: 'shop'})
    expect(pickService('dse-k8s-services/datahub', services).group).toBe('dse-k8s-services')
  })

  test.each([
    ['datahub', 'usage', /both have that name/],
    ['../etc', 'usage', /cannot be a service/],
    ['a/../b', 'usage', /cannot be a service/],
    ['', 'usage', /cannot be a service/],
    ['shpo', 'not-found', /there is no helmfile/],
  ])('%j is refused as %s', (name, exitKind, message) => {
    const error = failure(() => pickService(name, services))
    expect(error.exitKind).toBe(exitKind)
    expect(error.message).toMatch(message)
  })

  test('the nearest name is offered', () => {
    expect(failure(() => pickService('shpo', services)).hint).toBe('Did you mean shop?')
    expect(failure(() => pickService('quotes', services)).hint).toMatch(/deploy status/)
  })
})

describe('pickEnvironments', () => {
  const known = ['codfw', 'eqiad', 'staging']
  const plain = mergeSettings([])

  test('staging first, then as helmfile has them', () => {
    expect(pickEnvironments(['all'], known, plain)).toEqual(['staging', 'codfw', 'eqiad'])
    expect(pickEnvironments(['production'], known, plain)).toEqual(['codfw', 'eqiad'])
    expect(pickEnvironments(['eqiad', 'staging', 'eqiad'], known, plain)).toEqual(['staging', 'eqiad'])
  })

  test('the primary goes last, aliases are understood, classes can be told', () => {
    const told = mergeSettings([
      {environments: {codfw: {primary: true, aliases: ['dallas']}, eqiad: {class: 'staging'}}},
    ])
    expect(pickEnvironments(['all'], known, told)).toEqual(['eqiad', 'staging', 'codfw'])
    expect(pickEnvironments(['dallas'], known, told)).toEqual(['codfw'])
    expect(classOf('eqiad', told)).toBe('staging')
    expect(classOf('staging-codfw', told)).toBe('staging')
  })

  test('an unknown name', () => {
    const error = failure(() => pickEnvironments(['stagin'], known, plain))
    expect(error).toMatchObject({exitKind: 'not-found', hint: 'Did you mean -e staging?'})
    expect(failure(() => pickEnvironments(['xxxxxxxx'], known, plain)).hint).toMatch(/production, all/)
  })
})

describe('settings', () => {
  test('durations', () => {
    expect(['500ms', '1.5s', '2m', '1h', '10'].map(durationMs)).toEqual([
      500,
      1500,
      120_000,
      3_600_000,
      Number.NaN,
    ])
  })

  test('later files win, key by key', () => {
    const host = parseSettings(
      'window: {staging: 1s}\nsubstitutions: {/etc/a: /b}\npath: [/host/bin]\n',
      'host',
    )
    const own = parseSettings('window: {production: 5s}\nbake: 2m\nenv: {A: b}\npath: [/own/bin]\n', 'own')
    expect(mergeSettings([host, own])).toMatchObject({
      windowMs: {staging: 1000, production: 5000},
      bakeMs: 120_000,
      substitutions: {'/etc/a': '/b'},
      path: ['/own/bin', '/host/bin'],
      env: {A: 'b'},
    })
  })

  test('state values of any type, of everywhere and of one environment, key by key', () => {
    const host = parseSettings('stateValues: {backfill: false, a: 1}\n', 'host')
    const own = parseSettings('environments: {eqiad: {stateValues: {backfill: true, list: [x]}}}\n', 'own')
    const last = parseSettings('environments: {eqiad: {stateValues: {a: 2}, primary: true}}\n', 'last')
    const settings = mergeSettings([host, own, last])
    expect(settings.stateValues).toEqual({backfill: false, a: 1})
    expect(settings.environments.get('eqiad')).toMatchObject({
      isPrimary: true,
      stateValues: {backfill: true, list: ['x'], a: 2},
    })
  })

  test('defaults when nothing is said', () => {
    expect(mergeSettings([])).toMatchObject({
      windowMs: {staging: 10_000, production: 30_000},
      bakeMs: 60_000,
      timeoutMs: undefined,
    })
    expect(parseSettings('', 'empty')).toEqual({})
  })

  test.each([
    ['bake: soon\n', 'deploy.yaml:1:7: bake: expected a duration'],
    ['window:\n  stagin: 1s\n', 'deploy.yaml:2:3: window.stagin: is not a setting'],
    ['environments:\n  eqiad: {class: prod}\n', 'deploy.yaml:2:18: environments.eqiad.class: expected'],
    ['bake: [\n', 'deploy.yaml:2:1: '],
  ])('%j', (text, message) => {
    const error = failure(() => parseSettings(text, 'deploy.yaml'))
    expect(error.exitKind).toBe('bad-config')
    expect(error.message).toContain(message)
  })
})

test('nearest offers nothing that is far away', () => {
  expect(nearest('eqaid', ['codfw', 'eqiad'])).toBe('eqiad')
  expect(nearest('zzz', ['codfw', 'eqiad'])).toBeUndefined()
  expect(nearest('x', [])).toBeUndefined()
})
