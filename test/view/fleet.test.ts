import {expect, test} from 'vitest'
import type {DeployEvent} from '../../src/plan/events.ts'
import {fleetOutcomeOf} from '../../src/plan/fleet-outcome.ts'
import {fleetTextView} from '../../src/view/fleet-view.ts'
import {anOutcome} from './events.ts'
import {aPlan, aStage, aStep, aVersionChange, citoid, NEW, NOW_MS} from './plans.ts'
import {aRunThatGoesBack} from './runs.ts'

test('many services on one screen: what they have in common once, then a line for each, what failed, and how it ended', async () => {
  let text = ''
  const view = fleetTextView({
    write: more => (text += more),
    columns: () => 80,
    color: 0,
    contextLines: 2,
    detail: 'short',
    showsCommands: false,
    nowMs: () => NOW_MS,
  })
  const other = aPlan({
    service: {group: 'services', name: 'zotero'},
    stages: ['staging', 'eqiad'].map(name =>
      aStage(name, [aStep('main', citoid('main'), citoid('main', {tag: NEW}))]),
    ),
  })
  const idle = aPlan({service: {group: 'services', name: 'recommendation'}})
  view.started(['citoid', 'zotero', 'recommendation'], ['staging', 'eqiad'])
  view.planned([
    {label: 'citoid', plan: aVersionChange()},
    {label: 'zotero', plan: other},
    {label: 'recommendation', plan: idle},
  ])
  for (const event of aRunThatGoesBack()) view.on('citoid', event)
  const events: DeployEvent[] = [
    {atMs: NOW_MS, kind: 'stage-started', stage: 'staging', releases: [{namespace: 'zotero', name: 'main'}]},
    {atMs: NOW_MS + 4000, kind: 'stage-finished', stage: 'staging', durationMs: 4000},
  ]
  for (const event of events) view.on('zotero', event)
  const touched = {
    environment: 'staging',
    release: {namespace: 'zotero', name: 'main'},
    revision: 13,
    images: [],
  }
  const failed = anOutcome({
    kind: 'rolled-back',
    service: 'citoid',
    summary: 'citoid failed; everything that was touched is back and verified healthy.',
    releases: [{...touched, state: 'restored'}],
  })
  const good = anOutcome({service: 'zotero', releases: [{...touched, state: 'deployed'}]})
  const nothing = anOutcome({service: 'recommendation', releases: []})
  view.finished(
    fleetOutcomeOf(
      [
        {service: 'citoid', outcome: failed},
        {service: 'zotero', outcome: good},
        {service: 'recommendation', outcome: nothing},
      ],
      83_000,
    ),
  )
  await expect(text).toMatchFileSnapshot('golden/fleet.txt')
})
