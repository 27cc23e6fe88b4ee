import {expect, test} from 'vitest'
import {doesRestartPods} from '../../src/diff/restarts.ts'
import {aWorkload, anObject, podSpec} from './objects.ts'

test.each([
  ['Deployment', true],
  ['StatefulSet', true],
  ['DaemonSet', true],
  ['ReplicaSet', true],
  ['Pod', true],
  ['CronJob', false],
  ['Job', false],
])('a new image in a %s: %s', (kind, restarts) => {
  expect(doesRestartPods(aWorkload(kind, podSpec('a:1')), aWorkload(kind, podSpec('a:2')))).toBe(restarts)
})

test.each([
  ['Deployment', {replicas: 3}, false],
  ['Deployment', {paused: true}, false],
  ['StatefulSet', {updateStrategy: {type: 'OnDelete'}}, false],
])('%s with %j', (kind, more, restarts) => {
  const image = 'replicas' in more ? 'a:1' : 'a:2'
  expect(doesRestartPods(aWorkload(kind, podSpec('a:1')), aWorkload(kind, podSpec(image), more))).toBe(
    restarts,
  )
})

test.each([
  ['Deployment', {}, true],
  ['Deployment', {replicas: 0}, false],
  ['Job', {}, true],
  ['CronJob', {}, false],
  ['ConfigMap', {}, false],
])('a new %s with %j starts pods: %s', (kind, more, starts) => {
  expect(doesRestartPods(undefined, aWorkload(kind, podSpec('a:1'), more))).toBe(starts)
})

test('what is removed starts nothing', () => {
  expect(doesRestartPods(anObject('Deployment'), undefined)).toBe(false)
})
