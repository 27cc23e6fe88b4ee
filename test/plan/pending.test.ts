import {describe, expect, test} from 'vitest'
import type {LatestRevision, RevisionFacts} from '../../src/plan/facts.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import type {Repair} from '../../src/plan/plan.ts'
import {aRelease, anEnvironment, aRevision, attended, facts, settings} from './facts.ts'

const good = aRevision(3, [])
const unattended = {...attended, isUnattended: true}

function planOf(latest: LatestRevision, deployed: RevisionFacts | undefined, options = unattended) {
  const found = facts([anEnvironment('staging', [aRelease('main', {deployed, latest})])])
  return makePlan(found, () => [], settings, options)
}

const cases: [string, LatestRevision, RevisionFacts | undefined, Repair][] = [
  [
    'an upgrade',
    {revision: 4, status: 'pending-upgrade'},
    good,
    {kind: 'rollback', status: 'pending-upgrade', toRevision: 3},
  ],
  [
    'a rollback',
    {revision: 5, status: 'pending-rollback'},
    good,
    {kind: 'rollback', status: 'pending-rollback', toRevision: 3},
  ],
  [
    'a first installation',
    {revision: 1, status: 'pending-install'},
    undefined,
    {kind: 'uninstall', status: 'pending-install'},
  ],
  [
    'an upgrade of what never was healthy',
    {revision: 2, status: 'pending-upgrade'},
    undefined,
    {kind: 'rollback', status: 'pending-upgrade', toRevision: 1},
  ],
]

describe('what helm left pending', () => {
  test.each(cases)('%s is repaired by what was deployed last', (_, latest, deployed, repair) => {
    const plan = planOf({...latest, ageMs: 600_001}, deployed)
    expect(plan.refusals).toEqual([])
    expect(plan.stages[0]?.steps[0]).toMatchObject({repair, action: {fromRevision: latest.revision}})
  })

  test('is left alone as long as somebody may be at work on it, unless a person says so', () => {
    const latest = {revision: 4, status: 'pending-upgrade', ageMs: 10_000}
    expect(planOf(latest, good).refusals[0]).toMatchObject({
      exitKind: 'declined',
      hint: 'It counts as cut off in 10 min, and is repaired then. If nobody is at work: helm rollback main 3 -n shop',
    })
    const asked = planOf(latest, good, attended)
    expect(asked.refusals).toEqual([])
    expect(asked.warnings[0]).toContain('main has been pending-upgrade for 10 s')
  })

  test('is its own when the run is gone on with', () => {
    const begun = {before: good, isFirst: false, isWritten: false}
    const release = aRelease('main', {begun, latest: {revision: 4, status: 'pending-upgrade', ageMs: 5}})
    const plan = makePlan(facts([anEnvironment('staging', [release])]), () => [], settings, unattended)
    expect([plan.refusals, plan.stages[0]?.steps[0]?.repair?.kind]).toEqual([[], 'rollback'])
  })
})
