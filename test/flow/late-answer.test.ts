import {expect, test} from 'vitest'
import {DeployError} from '../../src/errors.ts'
import type {EnvironmentSite} from '../../src/flow/open-environment.ts'
import {openStage, type StageManner} from '../../src/flow/open-stage.ts'
import {mayBegin} from '../../src/flow/others-at-work.ts'
import type {World} from '../../src/flow/world.ts'
import {aStage, aStep} from '../view/plans.ts'

const main = aStep('main', [], [])

/** A stage whose cluster answers late, and badly; what is told of it. */
function aSlowStage() {
  const told: string[] = []
  const answer = Promise.withResolvers<never>()
  const world = {
    emit: ({kind}: {kind: string}) => told.push(kind),
    nowMs: () => 0,
    secrecy: {mask: (text: string) => text},
  } as unknown as World
  const site = {cluster: {list: () => answer.promise}} as unknown as EnvironmentSite
  const open = openStage(aStage('eqiad', [main]), site, world, {onFailure: 'stop'} as StageManner)
  const asking = mayBegin(open, main.release)
  return {open, told, asking, answerBadly: () => answer.reject(new DeployError('unreachable', 'it is gone'))}
}

test('who asks in vain whether helm may begin fails the stage', async () => {
  const {open, told, asking, answerBadly} = aSlowStage()
  answerBadly()
  expect(await asking).toBe(false)
  expect(open.failures).toMatchObject([{kind: 'infrastructure', message: 'it is gone'}])
  expect(told).toEqual(['stage-failed'])
})

test('an answer that comes after the end of the stage is no failure of it any more', async () => {
  const {open, told, asking, answerBadly} = aSlowStage()
  open.isOver = true
  answerBadly()
  expect(await asking).toBe(false)
  expect(open.failures).toEqual([])
  expect(told).toEqual([])
})
