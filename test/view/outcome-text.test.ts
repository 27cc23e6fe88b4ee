import {expect, test} from 'vitest'
import type {Outcome} from '../../src/plan/outcome.ts'
import {isToldByPlan, outcomeText} from '../../src/view/outcome-text.ts'
import {anEnd, anOutcome, IMAGE} from './events.ts'
import {aPlan, aVersionChange} from './plans.ts'
import {aFailedOutcome} from './runs.ts'

const OUTCOMES: Record<string, Outcome> = {
  deployed: anOutcome({next: 'deploy status citoid'}),
  'rolled-back': aFailedOutcome(),
  'partly-back': {
    ...aFailedOutcome(),
    kind: 'partly-back',
    summary: 'citoid failed, and not everything is back: eqiad: the rollback failed.',
    releases: [
      anEnd('eqiad', 'main', {state: 'not-restored'}),
      anEnd('eqiad', 'new', {state: 'removed', revision: undefined}),
    ],
    next: 'helm rollback main 12 -n citoid',
  },
  declined: anOutcome({
    kind: 'declined',
    exitCode: 12,
    summary: 'Nothing was changed.',
    releases: [anEnd('eqiad', 'main', {state: 'not-reached', revision: undefined})],
  }),
  paused: anOutcome({
    kind: 'paused',
    summary: 'citoid is healthy as far as it got; it stopped before eqiad.',
    releases: [anEnd('staging', 'main'), anEnd('eqiad', 'main', {state: 'not-reached', revision: undefined})],
    next: 'Run the same command again to go on.',
  }),
  'many-images': anOutcome({
    releases: [
      anEnd('eqiad', 'main', {images: [IMAGE, 'r.example/sidecar:1']}),
      anEnd('eqiad', 'other', {
        images: [IMAGE, 'r.example/sidecar:1', 'r.example/third:1'],
        state: 'unchanged',
      }),
    ],
  }),
}

test('every end in words', async () => {
  const texts = Object.entries(OUTCOMES).map(
    ([name, outcome]) => `# ${name}\n${outcomeText(outcome, {width: 80, color: 0})}`,
  )
  await expect(texts.join('\n')).toMatchFileSnapshot('golden/outcomes.txt')
})

test('what the preview has said already is not said again', () => {
  const untouched = anOutcome({releases: [anEnd('eqiad', 'main', {state: 'not-reached'})]})
  const refused = aPlan({refusals: [{exitKind: 'declined', message: 'no', hint: ''}]})
  expect(isToldByPlan(untouched, aVersionChange())).toBe(true)
  expect(isToldByPlan({...untouched, kind: 'changes'}, aVersionChange())).toBe(true)
  expect(isToldByPlan({...untouched, kind: 'declined'}, refused)).toBe(true)
  expect(isToldByPlan({...untouched, kind: 'declined'}, aVersionChange())).toBe(false)
  expect(isToldByPlan(anOutcome(), aVersionChange())).toBe(false)
  expect(isToldByPlan(untouched, undefined)).toBe(false)
})
