import {expect, test} from 'vitest'
import {readyForMs} from '../../src/rollout/ready-since.ts'
import {aPod, aSnapshot, at, type PodParts, running} from './build.ts'

// Ten seconds into the rollout; each became ready after four.
test.each<[string, PodParts[], number]>([
  ['all are ready', [{}, {}], 6000],
  ['one is not', [{}, {containers: {main: running({ready: false})}}], 0],
  [
    'one is being deleted',
    [{}, {containers: {main: running({ready: false})}, metadata: {deletionTimestamp: at(9)}}],
    6000,
  ],
  ['one was evicted', [{}, {containers: {main: running({ready: false})}, status: {phase: 'Failed'}}], 6000],
  [
    'one has ended well',
    [{}, {containers: {main: running({ready: false})}, status: {phase: 'Succeeded'}}],
    6000,
  ],
  ['there is none', [], Number.POSITIVE_INFINITY],
])('%s', (_, pods, expected) => {
  const snapshot = aSnapshot({pods: pods.map((parts, index) => aPod(`p${index}`, parts))})
  expect(readyForMs(snapshot, () => true)).toBe(expected)
})
