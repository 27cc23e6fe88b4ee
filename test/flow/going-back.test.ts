import {expect, test} from 'vitest'
import {isToBeLeft} from '../../src/flow/what-stays.ts'
import {reasonOf} from '../../src/flow/go-back.ts'
import type {StageRun} from '../../src/flow/stage.ts'
import type {Failure} from '../../src/plan/events.ts'
import {aStage, aStep} from '../view/plans.ts'

const step = aStep('main', [], [])
const hookFailed: Failure = {kind: 'helmfile-failed', message: 'hook failed'}
const interrupted: Failure = {kind: 'interrupted', signal: 'SIGINT'}

function aRun(environment: string, isTouched: boolean, failure?: Failure): StageRun {
  return {
    stage: aStage(environment, [step]),
    touched: isTouched ? [{release: step.release, revision: 13, isHealthy: failure === undefined}] : [],
    end: failure === undefined ? {kind: 'healthy'} : {kind: 'failed', failures: [failure], failedAtMs: 0},
    startedAtMs: 0,
  }
}

test('why a healthy stage goes back is why the run does', () => {
  const {stage} = aRun('eqiad', true)
  expect(reasonOf(interrupted, stage)).toBe('interrupted')
  expect(reasonOf({...interrupted, signal: 'abort'}, stage)).toBe('asked for')
  expect(reasonOf(hookFailed, stage)).toBe('helm failed')
})

test('only what was touched of the failing class can be left as it is', () => {
  const isLeft = (failed: StageRun, ...before: StageRun[]) =>
    isToBeLeft({onFailure: 'leave'}, [...before, failed], failed)
  expect(isLeft(aRun('eqiad', true, hookFailed))).toBe(true)
  expect(isLeft(aRun('eqiad', false, hookFailed), aRun('codfw', true))).toBe(true)
  expect(isLeft(aRun('eqiad', false, hookFailed))).toBe(false)
  expect(isLeft(aRun('eqiad', false, hookFailed), aRun('staging', true))).toBe(false)
  expect(isLeft(aRun('eqiad', true, interrupted))).toBe(false)
})
