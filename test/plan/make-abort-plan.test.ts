import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {makeAbortPlan} from '../../src/plan/make-abort-plan.ts'
import {standingLines, standingOf, type Standing, whyNotBack} from '../../src/plan/unfinished.ts'
import {cleanTree} from './facts.ts'
import {aLive, anUnfinishedEnvironment, anUnfinishedRun, aTouched} from './unfinished.ts'

const facts = {service: {group: 'services', name: 'shop'}, tree: cleanTree, skipped: []}
const windowMs = {staging: 10_000, production: 30_000}
const planOf = (run: Parameters<typeof makeAbortPlan>[1]) => makeAbortPlan(facts, run, () => [], windowMs)
const notInstalled = {before: {kind: 'none'}, latestBefore: undefined} as const

const standings: [string, Parameters<typeof aTouched>[1], Standing, string | undefined][] = [
  ['nothing was written', {}, 'untouched', undefined],
  ['helm was killed in mid-upgrade', {live: aLive(4, 'planned', 'pending-upgrade')}, 'cut-off', 'rollback'],
  ['the new version stands', {live: aLive(4, 'planned')}, 'new', 'rollback'],
  ['helm failed', {live: aLive(4, 'planned', 'failed')}, 'new', 'rollback'],
  ['it is back already', {live: aLive(5, 'before')}, 'back', 'verify'],
  ['helm was killed while going back', {live: aLive(5, 'before', 'pending-rollback')}, 'cut-off', 'rollback'],
  ['someone else wrote', {live: aLive(4, 'other')}, 'foreign', undefined],
  ['someone else writes just now', {live: aLive(4, 'other', 'pending-upgrade')}, 'foreign', undefined],
  ['someone else began anew', {live: aLive(1, 'planned')}, 'foreign', undefined],
  ['someone else removed it', {live: undefined}, 'foreign', undefined],
  ['a first install, not begun', {...notInstalled, live: undefined}, 'untouched', undefined],
  ['a first install', {...notInstalled, live: aLive(1, 'planned')}, 'new', 'uninstall'],
  [
    'a first install that was cut off',
    {...notInstalled, live: aLive(1, 'planned', 'pending-install')},
    'cut-off',
    'uninstall',
  ],
  ['it never was healthy', {before: {kind: 'none'}, live: aLive(4, 'planned')}, 'new', undefined],
  [
    'its revision is pruned',
    {before: {kind: 'lost', revision: 3}, live: aLive(14, 'planned')},
    'new',
    undefined,
  ],
]

describe('what is done about a release of a dead run', () => {
  test.each(standings)('%s', (_, given, standing, action) => {
    const release = aTouched('main', given)
    const run = anUnfinishedRun([anUnfinishedEnvironment('eqiad', [release])])
    expect(standingOf(release)).toBe(standing)
    const steps = planOf(run).stages.flatMap(stage => stage.steps)
    expect(steps.map(step => step.action.kind)).toEqual(action === undefined ? [] : [action])
    expect(planOf(run).warnings.length).toBe(whyNotBack(release) === undefined ? 0 : 1)
  })
})

test('newest first, each to its recorded revision, and from where it is now', () => {
  const run = anUnfinishedRun([
    anUnfinishedEnvironment('staging', [aTouched('main', {live: aLive(4, 'planned')})], 'healthy'),
    anUnfinishedEnvironment('eqiad', [
      aTouched('secrets', {live: aLive(4, 'planned')}),
      aTouched('main', {live: aLive(6, 'planned', 'pending-upgrade')}),
    ]),
    anUnfinishedEnvironment('codfw', [aTouched('main')], 'waiting'),
  ])
  const plan = planOf(run)
  expect(plan.stages.map(({name, steps}) => [name, steps.map(step => step.release.name)])).toEqual([
    ['eqiad', ['main', 'secrets']],
    ['staging', ['main']],
  ])
  expect(plan.stages[0]?.steps[0]?.action).toEqual({kind: 'rollback', fromRevision: 6, toRevision: 3})
  expect(plan.stages.map(stage => stage.windowMs)).toEqual([30_000, 10_000])
  expect(plan.finishes?.standing).toEqual([
    'staging main: was revision 3, is the new version now (revision 4)',
    'eqiad secrets: was revision 3, is the new version now (revision 4)',
    'eqiad main: was revision 3, helm was cut off while it wrote revision 6 (pending-upgrade)',
    'codfw main: revision 3, not touched',
  ])
})

test('whatever stands where: only what the run touched is touched, and nothing of others', () => {
  const given = fc.constantFrom(...standings.map(([, one]) => one))
  const environments = fc.array(fc.array(given, {minLength: 1, maxLength: 3}), {minLength: 1, maxLength: 4})
  fc.assert(
    fc.property(environments, drawn => {
      const run = anUnfinishedRun(
        drawn.map((releases, index) =>
          anUnfinishedEnvironment(
            `dc${index}`,
            releases.map((one, at) => aTouched(`r${at}`, one)),
          ),
        ),
      )
      const plan = planOf(run)
      const planned = new Set(
        plan.stages.flatMap(stage => stage.steps.map(step => `${stage.environment}/${step.release.name}`)),
      )
      for (const environment of run.environments) {
        for (const release of environment.releases) {
          const standing = standingOf(release)
          const isLeft = standing === 'untouched' || whyNotBack(release) !== undefined
          expect(planned.has(`${environment.name}/${release.name}`)).toBe(!isLeft)
        }
      }
      expect(standingLines(run)).toHaveLength(drawn.flat().length)
    }),
  )
})
