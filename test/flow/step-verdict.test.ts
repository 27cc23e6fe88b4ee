import {expect, test} from 'vitest'
import {verdictOf} from '../../src/flow/step-verdict.ts'
import type {ReleaseStep} from '../../src/plan/plan.ts'
import type {Doom, Verdict} from '../../src/rollout/verdict.ts'

const workload = {kind: 'Deployment', namespace: 'shop', name: 'shop-main'}
const progress = {workload, wanted: 1, updated: 1, ready: 0, waitingFor: '0 of 1 pod ready'}
const doom: Doom = {
  reason: 'not-ready',
  message: 'container main runs and does not become ready',
  pod: 'shop-main-abc',
  container: 'main',
  image: 'shop:2',
  evidence: 'Readiness probe failed',
  shownAtMs: undefined,
}
const suspicious: Verdict = {kind: 'suspicious', progress, doom, graceMs: 300_000}
const progressing: Verdict = {kind: 'progressing', progress}

const step = {
  release: {namespace: 'shop', name: 'main'},
  action: {kind: 'upgrade', fromRevision: 1},
  changes: [],
  images: [],
  timeoutMs: 60_000,
} as unknown as ReleaseStep

test('what is suspicious is given its time', () => {
  expect(verdictOf(step, [suspicious], 1000, 60_999)).toEqual({kind: 'progressing'})
})

test('when the time is over, what was suspicious is the reason, with its container', () => {
  expect(verdictOf(step, [progressing, suspicious], 1000, 61_000)).toMatchObject({
    kind: 'failed',
    failure: {
      kind: 'doomed',
      doom: {
        reason: 'not-ready',
        pod: 'shop-main-abc',
        container: 'main',
        message: 'container main runs and does not become ready, and the 60 s that this release has are over',
        shownAtMs: 61_000,
      },
    },
  })
})

test('with nothing suspicious it is told what is still awaited', () => {
  expect(verdictOf(step, [progressing], 1000, 61_000)).toMatchObject({
    failure: {kind: 'timed-out', waitingFor: [progress], timeoutMs: 60_000},
  })
})
