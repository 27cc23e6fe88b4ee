import {expect, test} from 'vitest'
import type {DeployEvent} from '../../src/plan/events.ts'
import {liveView, type LiveViewOptions} from '../../src/view/live.ts'
import {anOutcome, aProgress, eventsAt, releaseRef} from './events.ts'
import {aPlan, NOW_MS} from './plans.ts'
import {aRunThatGoesBack} from './runs.ts'
import {screenAfter} from './terminal.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'] as const
const [main, canary] = [releaseRef('main'), releaseRef('canary')]

test('what stays on the screen after a run', async () => {
  const {view, play, screen} = live()
  await play(aRunThatGoesBack())
  await view.close()
  await expect(screen()).toMatchFileSnapshot('golden/live-after.txt')
})

test('what is on the screen in the middle of it', async () => {
  const {view, play, screen, clock} = live()
  await play(
    eventsAt(
      [0, {kind: 'stage-started', stage: 'eqiad', releases: [main, canary, releaseRef('extra')]}],
      [1, {kind: 'release-started', stage: 'eqiad', release: main}],
      [1, {kind: 'release-started', stage: 'eqiad', release: canary}],
      [2, {kind: 'release-applied', stage: 'eqiad', release: main, durationMs: 1000}],
      [
        3,
        {
          kind: 'release-progressed',
          stage: 'eqiad',
          release: main,
          workloads: [
            aProgress('main', [3, 2, 1], '1 of 3 pods ready; ImagePullBackOff 12 s (citoid-main-5c8)'),
          ],
          budgetLeftMs: 600_000,
        },
      ],
      [4, {kind: 'release-ready', stage: 'eqiad', release: canary, durationMs: 3000}],
      [5, {kind: 'noted', text: 'the registry is slow today'}],
    ),
  )
  clock.nowMs = NOW_MS + 22_000
  await nextPicture()
  await expect(spinnerless(screen())).toMatchFileSnapshot('golden/live-during.txt')
  await view.close()
})

test('the listeners of the process stay as they are, and its exit code too', async () => {
  const before = SIGNALS.map(signal => process.listenerCount(signal))
  const {view, play} = live()
  await play(aRunThatGoesBack())
  expect(SIGNALS.map(signal => process.listenerCount(signal))).toEqual(before)
  await view.close()
  expect(process.exitCode).toBeUndefined()
})

test.each([0, 10, undefined])(
  'a terminal that says it has %s columns is written to as if it had 80',
  async columns => {
    const {view, play, screen} = live({columns: () => columns})
    await play(aRunThatGoesBack())
    await view.close()
    expect(screen()).toContain('back and verified healthy after 2.6 s')
  },
)

test('on a low terminal the newest lines are painted', async () => {
  const {view, play, written} = live({rows: () => 3})
  await play(
    eventsAt([0, {kind: 'stage-started', stage: 'eqiad', releases: [main, canary, releaseRef('extra')]}]),
  )
  await nextPicture()
  const ups = [...written().matchAll(/\[(\d+)A/g)].map(match => Number(match[1]))
  expect(Math.max(0, ...ups)).toBeLessThanOrEqual(2)
  await view.close()
})

test('a question is asked when everything before it is on the screen', async () => {
  const {view, play, screen} = live()
  await play(
    eventsAt(
      [0, {kind: 'reading-started', what: 'helmfile'}],
      [1, {kind: 'plan-made', plan: aPlan({unchanged: [{environment: 'staging', releases: []}]})}],
    ),
  )
  await view.makeRoom?.()
  expect(screen()).toContain('nothing to do in staging')
  expect(screen()).not.toContain('reading helmfile')
  await view.close()
})

test('a run that is cut short leaves a screen in good order', async () => {
  const {view, play, screen} = live()
  await play(
    eventsAt(
      [0, {kind: 'stage-started', stage: 'eqiad', releases: [main]}],
      [1, {kind: 'interrupt-received', signal: 'SIGINT'}],
    ),
  )
  await nextPicture()
  await view.close()
  expect(screen()).toContain('interrupted')
  expect(screen()).toContain('- main: waits for its turn')
})

test('what the terminal echoes below the live lines leaves no trace', async () => {
  const {view, play, screen, echo} = live()
  await play(eventsAt([0, {kind: 'stage-started', stage: 'eqiad', releases: [main]}]))
  await nextPicture()
  echo('^C')
  await play(eventsAt([1, {kind: 'interrupt-received', signal: 'SIGINT'}]))
  await view.close()
  expect(screen()).toMatch(/^interrupted$/m)
  expect(screen()).not.toContain('^C')
})

test('releases that nobody announced do not disturb it', async () => {
  const {view, play, screen} = live()
  await play(
    eventsAt(
      [0, {kind: 'stage-started', stage: 'eqiad', releases: [main]}],
      [1, {kind: 'release-ready', stage: 'eqiad', release: canary, durationMs: 1}],
      [2, {kind: 'stage-finished', stage: 'eqiad', durationMs: 2000}],
      [3, {kind: 'run-finished', outcome: anOutcome()}],
    ),
  )
  await view.close()
  expect(screen()).toContain('✔ citoid is deployed')
})

test('a reader that has gone stops the writing, not the run', async () => {
  const {view, play} = live({
    write: () => {
      throw new Error('write EPIPE')
    },
  })
  await play(aRunThatGoesBack())
  await expect(view.close()).resolves.toBeUndefined()
})

/** A live view on a terminal of our own, with a clock that follows the events. */
function live(more: Partial<LiveViewOptions> = {}) {
  let written = ''
  const clock = {nowMs: NOW_MS}
  const view = liveView({
    write: text => void (written += text),
    columns: () => 80,
    rows: () => 60,
    color: 0,
    contextLines: 2,
    detail: 'short',
    showsCommands: true,
    nowMs: () => clock.nowMs,
    ...more,
  })
  const play = async (events: readonly DeployEvent[]) => {
    for (const event of events) {
      clock.nowMs = event.atMs
      view.on(event)
      await soon()
    }
  }
  const echo = (keys: string) => void (written += keys)
  return {view, play, clock, echo, written: () => written, screen: () => screenAfter(written)}
}

/** As between two events of a real run: what is pending in the process gets its turn. */
function soon(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

function nextPicture(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 400))
}

function spinnerless(screen: string): string {
  return screen.replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '*').replaceAll(/^( *)[-\\|/](?= )/gm, '$1*')
}
