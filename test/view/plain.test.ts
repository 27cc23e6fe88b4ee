import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import type {DeployEvent} from '../../src/plan/events.ts'
import {jsonView} from '../../src/view/json.ts'
import {plainView} from '../../src/view/plain.ts'
import type {ViewOptions} from '../../src/view/view.ts'
import {anOutcome, aProgress, eventsAt, releaseRef} from './events.ts'
import {aPlan, NOW_MS} from './plans.ts'
import {aRunThatGoesBack} from './runs.ts'

beforeEach(() => {
  vi.useFakeTimers({now: NOW_MS})
})

afterEach(() => {
  vi.useRealTimers()
})

test('a run in plain lines: changes, with the time, without colour', async () => {
  const {text, play} = plain({showsCommands: true})
  play(aRunThatGoesBack())
  await expect(text()).toMatchFileSnapshot('golden/plain.txt')
  expect(text()).not.toContain('\u001b')
})

test('commands are shown only when asked for; colours likewise', () => {
  const quiet = plain({})
  quiet.play(aRunThatGoesBack())
  expect(quiet.text()).not.toContain('$ helmfile')
  const colourful = plain({color: 1})
  colourful.play(aRunThatGoesBack())
  expect(colourful.text()).toContain('\u001b[')
})

test('after half a minute of silence it says what is awaited, again and again, until the end', () => {
  const {text, play} = plain({})
  const main = releaseRef('main')
  play(
    eventsAt(
      [0, {kind: 'stage-started', stage: 'eqiad', releases: [main]}],
      [1, {kind: 'release-started', stage: 'eqiad', release: main}],
      [2, {kind: 'release-applied', stage: 'eqiad', release: main, durationMs: 1000}],
      [
        3,
        {
          kind: 'release-progressed',
          stage: 'eqiad',
          release: main,
          workloads: [aProgress('main', [2, 2, 0], '0 of 2 pods ready; pod-1: pulling its image')],
          budgetLeftMs: 600_000,
        },
      ],
    ),
  )
  vi.advanceTimersByTime(61_000)
  expect(text().split('\n').slice(-3, -1)).toEqual([
    '10:13:03 eqiad / main: 0 of 2 ready, 9:30 left; pod-1: pulling its image',
    '10:13:33 eqiad / main: 0 of 2 ready, 9:00 left; pod-1: pulling its image',
  ])
  const said = text()
  play(eventsAt([65, {kind: 'run-finished', outcome: anOutcome()}]))
  vi.advanceTimersByTime(120_000)
  expect(text().startsWith(`${said}\n✔ citoid`)).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

test('a pod that only grows older is no news', () => {
  const {text, play} = plain({})
  const main = releaseRef('main')
  const waitingFor = (seconds: number) => ({
    kind: 'release-progressed' as const,
    stage: 'eqiad',
    release: main,
    workloads: [aProgress('main', [1, 1, 0], `0 of 1 pod ready; ContainerCreating ${seconds} s (pod-1)`)],
    budgetLeftMs: 1000,
  })
  play(eventsAt([3, waitingFor(3)], [6, waitingFor(6)], [9, waitingFor(9)]))
  expect(text().match(/ContainerCreating/g)).toHaveLength(1)
})

test('of five hundred pods not every one is news', () => {
  const {text, play} = plain({})
  const main = releaseRef('main')
  const progress = Array.from({length: 500}, (_, ready): [number, DeployEvent] => {
    const workloads = [aProgress('main', [500, 500, ready], `${ready} of 500 pods ready`)]
    const [event] = eventsAt([
      ready / 50,
      {kind: 'release-progressed', stage: 'eqiad', release: main, workloads, budgetLeftMs: 1000},
    ])
    return [ready, event!]
  })
  play(eventsAt([0, {kind: 'stage-started', stage: 'eqiad', releases: [main]}]))
  play(progress.map(([, event]) => event))
  expect(text().trim().split('\n')).toHaveLength(1 + 5)
})

test('what the preview has said is not said again', () => {
  const {text, play} = plain({})
  const plan = aPlan({unchanged: [{environment: 'staging', releases: []}]})
  play(
    eventsAt([0, {kind: 'plan-made', plan}], [1, {kind: 'run-finished', outcome: anOutcome({releases: []})}]),
  )
  expect(text().trim().split('\n')).toHaveLength(2)
  expect(text().match(/nothing to do/g)).toHaveLength(1)
})

test('a reader that has gone stops the writing, not the run', async () => {
  let calls = 0
  const options = {
    ...OPTIONS,
    write: () => {
      calls += 1
      throw new Error('write EPIPE')
    },
  }
  for (const view of [plainView(options), jsonView(options)]) {
    calls = 0
    for (const event of aRunThatGoesBack()) view.on(event)
    await view.close()
    expect(calls).toBe(1)
  }
})

test('as JSON: one event a line, the outcome last', () => {
  const lines: string[] = []
  const view = jsonView({write: text => lines.push(text)})
  for (const event of aRunThatGoesBack()) view.on(event)
  expect(lines.every(line => line.endsWith('\n') && !line.slice(0, -1).includes('\n'))).toBe(true)
  expect(lines.map(line => JSON.parse(line))).toEqual(JSON.parse(JSON.stringify(aRunThatGoesBack())))
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({kind: 'run-finished', outcome: {exitCode: 10}})
})

const OPTIONS: ViewOptions = {
  write: () => {},
  columns: () => undefined,
  color: 0,
  contextLines: 2,
  detail: 'short',
  showsCommands: false,
  nowMs: () => Date.now(),
}

/** A plain view on a clock that follows the events. */
function plain(more: Partial<ViewOptions>) {
  let written = ''
  const view = plainView({...OPTIONS, write: text => void (written += text), ...more})
  const play = (events: readonly DeployEvent[]) => {
    for (const event of events) {
      if (event.atMs > Date.now()) vi.setSystemTime(event.atMs)
      view.on(event)
    }
  }
  return {text: () => written, play}
}
