import {expect, test} from 'vitest'
import {healthOf} from '../../src/rollout/health.ts'
import {DEFAULT_ROLLOUT_SETTINGS} from '../../src/rollout/settings.ts'
import type {Snapshot} from '../../src/rollout/verdict.ts'
import {aDeployment, aPod, aReplicaSet, aSnapshot, backedOff, ref, running, terminated} from './build.ts'

const look = (parts: Partial<Snapshot>) =>
  healthOf([ref(), ref('Job', 'migrate')], aSnapshot(parts), DEFAULT_ROLLOUT_SETTINGS)
const running1 = aPod('good', {containers: {main: running()}})
const crashing = aPod('bad', {containers: {main: backedOff(4, terminated(1, 5))}})

test('all are ready: nothing is said; a Job that is gone does not count', () => {
  expect(look({workloads: [aDeployment()]})).toEqual({wanted: 3, ready: 3, troubles: []})
})

test('one of two crashes', () => {
  const workloads = [aDeployment({replicas: 2}, {availableReplicas: 1, readyReplicas: 1})]
  expect(look({workloads, replicaSets: [aReplicaSet()], pods: [running1, crashing]})).toEqual({
    wanted: 2,
    ready: 1,
    troubles: [
      {
        workload: 'Deployment shop-main',
        state: 'doomed',
        reason: 'crash-loop',
        message: expect.stringMatching(
          /^container main exits with code 1 soon after it starts \(\d+ times\)$/,
        ),
      },
    ],
  })
})

test('a workload that somebody has deleted is told; one that may not be read is only waited for', () => {
  expect(look({})?.troubles).toEqual([
    {workload: 'Deployment shop-main', state: 'progressing', message: 'the Deployment is not there yet'},
  ])
  expect(look({unreadable: ['Deployment']})?.troubles[0]?.message).toMatch(/may not read/)
})

test('of what has no pods nothing can be said', () => {
  expect(healthOf([ref('Job', 'migrate')], aSnapshot(), DEFAULT_ROLLOUT_SETTINGS)).toBeUndefined()
})
