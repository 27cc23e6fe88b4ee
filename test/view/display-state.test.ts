import {expect, test} from 'vitest'
import type {DeployEvent} from '../../src/plan/events.ts'
import {type DisplayState, nextDisplay, NOTHING_YET, openPhase} from '../../src/view/display-state.ts'
import {awaitedIn, phaseText, releaseLine} from '../../src/view/phase-text.ts'
import {aCrash, aProgress, eventsAt, releaseRef} from './events.ts'
import {NOW_MS} from './plans.ts'
import {aRunThatGoesBack} from './runs.ts'

const [main, canary] = [releaseRef('main'), releaseRef('canary')]

test('a run is boiled down to its phases', () => {
  const state = after(aRunThatGoesBack())
  expect(state.phases.map(phase => [phase.stage, phase.direction, phase.status.kind])).toEqual([
    ['staging', 'forward', 'done'],
    ['eqiad canary', 'forward', 'failed'],
    ['eqiad canary', 'back', 'done'],
  ])
  expect(
    state.phases.map(phase => phase.releases.map(({release, status}) => [release.name, status.kind])),
  ).toEqual([[['main', 'ready']], [['canary', 'failed']], [['canary', 'restored']]])
  expect(openPhase(state)).toBeUndefined()
})

test('at every moment there is a line for each release and one for the stage', async () => {
  const lines: string[] = []
  let state: DisplayState = NOTHING_YET
  for (const event of aRunThatGoesBack()) {
    state = nextDisplay(state, event)
    const phase = state.phases.at(-1)
    if (phase === undefined) continue
    const picture = [
      phaseText(phase, event.atMs),
      ...phase.releases.map(release => `  ${releaseLine(release, event.atMs)}`),
    ]
    lines.push(`${event.kind}\n  ${picture.join('\n  ')}`)
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/phases.txt')
})

test('the window and the budget are counted down without further events', () => {
  const state = after(aRunThatGoesBack().filter(event => event.atMs <= NOW_MS + 5600))
  const [phase] = state.phases
  expect(phaseText(phase!, NOW_MS + 9600)).toBe('staging: healthy, 0:06 left of 10 s to stay so')
  expect(phaseText(phase!, NOW_MS + 30_000)).toBe('staging: healthy, watched for 10 s')
  const rolling = after(aRunThatGoesBack().filter(event => event.atMs <= NOW_MS + 4000)).phases[0]!
  expect(releaseLine(rolling.releases[0]!, NOW_MS + 64_000)).toBe(
    'main: 1 of 2 ready, 8:57 left; ContainerCreating 2 s (citoid-main-5c8)',
  )
})

test('several releases: what is awaited is told of those that are not there yet', () => {
  const state = after(
    eventsAt(
      [0, {kind: 'stage-started', stage: 'eqiad', releases: [main, canary]}],
      [1, {kind: 'release-started', stage: 'eqiad', release: main}],
      [2, {kind: 'release-applied', stage: 'eqiad', release: main, durationMs: 1000}],
      [3, {kind: 'release-started', stage: 'eqiad', release: canary}],
      [4, {kind: 'release-ready', stage: 'eqiad', release: main, durationMs: 3000}],
    ),
  )
  expect(phaseText(openPhase(state)!, NOW_MS)).toBe('eqiad: rolling out, 1 of 2 releases healthy')
  expect(awaitedIn(openPhase(state)!, NOW_MS)).toEqual(['eqiad / canary: helm is writing the objects'])
})

test('while helm waits for a hook, the hook is told, and not any more when the objects are written', () => {
  const hook = {kind: 'Job', namespace: 'citoid', name: 'citoid-migrate'}
  const waitingFor = '0 of 1 done; ContainerCreating 9 s (citoid-migrate-x2x4z)'
  const workloads = [{workload: hook, wanted: 1, updated: 1, ready: 0, waitingFor}]
  const begun = eventsAt(
    [0, {kind: 'stage-started', stage: 'eqiad', releases: [main]}],
    [1, {kind: 'release-started', stage: 'eqiad', release: main}],
    [2, {kind: 'release-progressed', stage: 'eqiad', release: main, workloads, budgetLeftMs: 60_000}],
  )
  expect(awaitedIn(openPhase(after(begun))!, NOW_MS + 2000)).toEqual([
    'eqiad / main: a hook of the chart runs: 0 of 1 ready, 1:00 left; ContainerCreating 9 s (citoid-migrate-x2x4z)',
  ])
  const written = eventsAt([3, {kind: 'release-applied', stage: 'eqiad', release: main, durationMs: 1000}])
  expect(awaitedIn(openPhase(after([...begun, ...written]))!, NOW_MS + 3000)).toEqual([
    'eqiad / main: written',
  ])
})

test('a release that was ready and is not any more is told so', () => {
  const state = after(
    eventsAt(
      [0, {kind: 'stage-started', stage: 'eqiad', releases: [main]}],
      [1, {kind: 'release-ready', stage: 'eqiad', release: main, durationMs: 1000}],
      [
        2,
        {
          kind: 'release-progressed',
          stage: 'eqiad',
          release: main,
          workloads: [aProgress('main', [2, 2, 1], '1 of 2 pods ready')],
          budgetLeftMs: 5000,
        },
      ],
    ),
  )
  expect(releaseLine(state.phases[0]!.releases[0]!, NOW_MS)).toBe('main: was ready, but 1 of 2 ready')
})

test('of several failures the first counts; only what was begun goes back', () => {
  const state = after(
    eventsAt(
      [0, {kind: 'stage-started', stage: 'eqiad', releases: [main, canary]}],
      [1, {kind: 'release-started', stage: 'eqiad', release: main}],
      [2, {kind: 'stage-failed', stage: 'eqiad', failure: aCrash()}],
      [2, {kind: 'stage-failed', stage: 'eqiad', failure: {kind: 'helmfile-failed', message: 'exit 1'}}],
      [3, {kind: 'fallback-started', stage: 'eqiad', steps: 1, reason: 'the new version failed'}],
      [
        4,
        {
          kind: 'fallback-failed',
          stage: 'eqiad',
          release: main,
          message: 'timed out',
          command: 'helm rollback main 12',
        },
      ],
    ),
  )
  const [forward, back] = state.phases
  expect(forward?.status).toMatchObject({kind: 'failed', failure: {kind: 'doomed'}})
  expect(back?.releases.map(({release, status}) => [release.name, status.kind])).toEqual([
    ['main', 'not-restored'],
  ])
  expect(phaseText(back!, NOW_MS)).toBe('eqiad: not everything is back')
})

test('events of a stage that was never begun change nothing', () => {
  const [event] = eventsAt([0, {kind: 'release-ready', stage: 'eqiad', release: main, durationMs: 1}])
  expect(nextDisplay(NOTHING_YET, event!)).toEqual(NOTHING_YET)
})

function after(events: readonly DeployEvent[]): DisplayState {
  return events.reduce(nextDisplay, NOTHING_YET)
}
