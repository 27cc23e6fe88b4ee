import {expect, test} from 'vitest'
import {type ContainerStatus, logOf} from '../../src/sandbox/node-logs.ts'

const STARTED_AT = '2026-11-21T10:00:00Z'
const ENDED_AT = '2026-11-21T10:00:01Z'
const NOW_MS = Date.parse('2026-11-21T10:00:12Z')

function aContainer(tag: string, rest: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    name: 'main',
    image: `registry/shop:${tag}`,
    restartCount: 0,
    state: {running: {startedAt: STARTED_AT}},
    ...rest,
  }
}

test('a healthy container goes on printing', () => {
  const answer = logOf('shop-1', aContainer('v1'), false, NOW_MS)
  expect(answer).toMatchObject({kind: 'lines', isRunning: true})
  if (answer.kind === 'lines') {
    expect(answer.lines).toHaveLength(4)
    expect(answer.lines.every(({atMs}) => atMs <= NOW_MS)).toBe(true)
  }
})

test('a container in a crash loop shows why it ended last', () => {
  const ended = {terminated: {startedAt: STARTED_AT, finishedAt: ENDED_AT}}
  const container = aContainer('v1-crash', {state: {waiting: {reason: 'CrashLoopBackOff'}}, lastState: ended})
  const answer = logOf('shop-1', container, false, NOW_MS)
  expect(answer).toMatchObject({kind: 'lines', isRunning: false})
  if (answer.kind === 'lines')
    expect(answer.lines.map(({text}) => text).join('\n')).toContain('cache.servers is missing')
})

test.each([
  ['ErrImagePull', "image can't be pulled"],
  ['ImagePullBackOff', 'trying and failing to pull image'],
  ['CreateContainerConfigError', 'CreateContainerConfigError'],
])('a container that waits (%s) has no log', (reason, wording) => {
  const answer = logOf('shop-1', aContainer('v1', {state: {waiting: {reason}}}), false, NOW_MS)
  expect(answer).toEqual({
    kind: 'refused',
    message: `container "main" in pod "shop-1" is waiting to start: ${wording}`,
  })
})

test('there is no previous log before a restart', () => {
  expect(logOf('shop-1', aContainer('v1'), true, NOW_MS)).toMatchObject({kind: 'refused'})
})
