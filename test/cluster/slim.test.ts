import {expect, test} from 'vitest'
import {slim} from '../../src/cluster/slim.ts'
import {takeBaseline} from '../../src/rollout/baseline.ts'
import {judgeRecording, readRecordedCases} from '../../src/docs/recorded-cases.ts'
import type {ApiObject, Snapshot} from '../../src/rollout/verdict.ts'
import {aPod, aSnapshot} from '../rollout/build.ts'

test.each(readRecordedCases())('$name is judged the same by what is kept of its pods', recorded => {
  const slimmed = {...recorded, before: thinned(recorded.before), during: recorded.during.map(thinned)}
  expect(judgeRecording(slimmed)).toEqual(judgeRecording(recorded))
})

test('what is remembered of before is the same, too', () => {
  const snapshot = aSnapshot({pods: [aPod()]})
  expect(takeBaseline(thinned(snapshot))).toEqual(takeBaseline(snapshot))
})

test('what only repeats the template is not kept, nor who wrote which field', () => {
  const pod = aPod('a', {
    spec: {volumes: [{name: 'keys'}]},
    metadata: {managedFields: [{manager: 'kubelet'}]},
  })
  expect(JSON.stringify(slim(pod))).not.toMatch(/volumes|managedFields/)
})

test('of an object without containers everything else is kept', () => {
  const object: ApiObject = {kind: 'ConfigMap', metadata: {name: 'a'}, data: {a: '1'}, spec: {a: 1}}
  expect(slim(object)).toEqual(object)
})

function thinned(snapshot: Snapshot): Snapshot {
  return {...snapshot, pods: snapshot.pods.map(slim)}
}
