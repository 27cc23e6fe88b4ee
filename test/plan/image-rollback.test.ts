import {describe, expect, test} from 'vitest'
import type {EnvironmentFacts, ReleaseFacts} from '../../src/plan/facts.ts'
import {asImageRollback, factsGoingBack, imageGoals, versionsOf} from '../../src/plan/image-rollback.ts'
import type {RollbackTarget} from '../../src/plan/intent.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import type {RollbackGoal} from '../../src/plan/make-rollback-plan.ts'
import {aDeployment, aRelease, aRevision, aRun, anEnvironment, attended, facts, settings} from './facts.ts'

const to = (image: string): Extract<RollbackGoal, {kind: 'to'}> => ({
  kind: 'to',
  facts: {...aRevision(2, [aDeployment('shop-main', image)]), mainImage: image},
  undoes: aRun({runId: 'R3'}),
  doubt: undefined,
})
const EARLIER = 'registry/shop:v0'
const stays: RollbackGoal = {kind: 'stays', why: {kind: 'not-changed', run: aRun()}}

/** What git says, rendered with the earlier image. */
const inGitWith = (image: string): Partial<ReleaseFacts> => ({
  wanted: [aDeployment('shop-main', image)],
  versionOverride: {path: ['app', 'version'], value: 'v0', tag: 'v0'},
  versionPlace: {imageName: 'registry/shop', current: 'v2'},
})

function planOf(
  goals: Record<string, RollbackGoal>,
  given: {
    inGit?: Partial<ReleaseFacts>
    live?: Partial<ReleaseFacts>
    target?: RollbackTarget
    options?: typeof attended
  } = {},
) {
  const {inGit = inGitWith(EARLIER), target = {kind: 'last-good'}, options = attended} = given
  const environment = (more?: Partial<ReleaseFacts>): EnvironmentFacts =>
    anEnvironment(
      'eqiad',
      Object.keys(goals).map(name => aRelease(name, more)),
    )
  const live = facts([environment(given.live)])
  const found = imageGoals(live, (_, release) => goals[release.name] ?? stays)
  const rendered = factsGoingBack(facts([environment(inGit)]), live, found)
  const compare = () => [
    {
      kind: 'changed',
      objectKind: 'Deployment',
      namespace: 'shop',
      name: 'x',
      diff: '',
      restartsPods: true,
    } as const,
  ]
  const plan = makePlan(rendered, compare, settings, {...options, isOverrideAllowed: true})
  return {
    versions: versionsOf(found),
    plan: asImageRollback(plan, found, rendered, live, target, options),
  }
}

test('it deploys what git says, with the earlier image, and goes back to what runs when that fails', () => {
  const {plan, versions} = planOf({main: to(EARLIER), feeds: stays})
  expect(versions).toEqual({kind: 'by-environment', tags: {eqiad: {'shop/main': 'v0'}}})
  expect(plan).toMatchObject({kind: 'image-rollback', undoes: [{runId: 'R3'}], refusals: []})
  expect(plan.stages.flatMap(({steps}) => steps)).toMatchObject([
    {release: {name: 'main'}, action: {kind: 'upgrade'}, imageOf: 2, override: 'v0', gitVersion: 'v2'},
  ])
  expect(plan.stages[0]?.fallback).toMatchObject([{kind: 'rollback', toRevision: 3}])
  expect(plan.unchanged).toMatchObject([{environment: 'eqiad', releases: [{name: 'feeds'}]}])
  expect(plan.warnings).toEqual([
    'git names v2: until it is changed there, the next deployment without --version would bring it.',
  ])
})

describe('nothing of the image to go back to', () => {
  test('the last change was another one: what to type instead (66)', () => {
    const {plan} = planOf({main: to('registry/shop:v1')})
    expect(plan.stages).toEqual([])
    expect(plan.refusals).toMatchObject([
      {exitKind: 'not-found', message: 'shop had the same image in its last good state (v1, revision 2).'},
    ])
    expect(plan.refusals[0]?.hint).toContain('--to RUN')
  })

  test('who names a run that has it already has nothing to do', () => {
    const target = {kind: 'before-run', runId: 'R3'} as const
    expect(planOf({main: to('registry/shop:v1')}, {target}).plan.refusals).toEqual([])
    const there: RollbackGoal = {kind: 'stays', why: {kind: 'already-there', revision: 3}}
    expect(planOf({main: there}, {target}).plan.refusals).toEqual([])
  })

  test('no earlier state, or none with a version: why is said', () => {
    const first: RollbackGoal = {kind: 'stays', why: {kind: 'first-installed', run: aRun()}}
    expect(planOf({main: first}).plan).toMatchObject({
      refusals: [{exitKind: 'not-found', message: 'shop has no earlier image to go back to.'}],
      warnings: [expect.stringContaining('first installed')],
    })
    const none = {...to(EARLIER), facts: aRevision(2, [])}
    expect(planOf({main: none}).plan.warnings[0]).toContain('cannot be told')
  })

  test('after a change that failed in helm the same image is written again', () => {
    const live = {latest: {revision: 4, status: 'failed'}}
    expect(planOf({main: to('registry/shop:v1')}, {live}).plan.stages).toHaveLength(1)
  })
})

describe('an image that git cannot be given (64)', () => {
  test.each<[string, Partial<ReleaseFacts>, RegExp]>([
    ['its values do not say it', {...inGitWith(EARLIER), versionPlace: undefined}, /does not take its tag/],
    [
      'the chart runs another one by now',
      {...inGitWith(EARLIER), versionPlace: {imageName: 'registry/store', current: 'v2'}},
      /it was registry\/shop, and git's chart runs registry\/store/,
    ],
    ['it is not installed there any more', {...inGitWith(EARLIER), name: 'other'}, /does not install/],
  ])('%s', (_, inGit, why) => {
    const {plan} = planOf({main: to(EARLIER)}, {inGit})
    expect(plan.refusals[0]).toMatchObject({
      exitKind: 'usage',
      message: expect.stringMatching(why),
      hint: 'deploy rollback shop -e eqiad goes back with chart and configuration.',
    })
  })
})

test('an image that never was healthy is warned of; where nobody watches it stops, unless --retry', () => {
  const doubtful: RollbackGoal = {...to(EARLIER), doubt: {kind: 'not-healthy', run: aRun({runId: 'R2'})}}
  expect(planOf({main: doubtful}).plan.warnings.join()).toContain('not seen healthy')
  const unattended = {...attended, isUnattended: true, isLocalTreeAllowed: true}
  expect(planOf({main: doubtful}, {options: unattended}).plan.refusals).toMatchObject([
    {exitKind: 'declined', hint: expect.stringContaining('--retry')},
  ])
  expect(planOf({main: doubtful}, {options: {...unattended, isRetry: true}}).plan.refusals).toEqual([])
})
