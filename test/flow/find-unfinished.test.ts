import {expect, test} from 'vitest'
import {mayTidy} from '../../src/flow/find-unfinished.ts'
import type {RunMode} from '../../src/flow/run-plan.ts'

const asked: RunMode = {kind: 'carry-out', consent: 'ask', onUnfinished: 'fail'}

test('dead locks stay where nothing may be touched', () => {
  for (const kind of ['declined', 'bad-render', 'locked', 'unreachable'] as const)
    expect(mayTidy(asked, {kind})).toBe(false)
  for (const kind of ['deployed', 'partly-back', 'paused', 'interrupted'] as const)
    expect(mayTidy(asked, {kind})).toBe(true)
  expect(mayTidy({...asked, consent: 'stop'}, {kind: 'deployed'})).toBe(false)
  expect(mayTidy({kind: 'preview', isDetailed: false}, {kind: 'deployed'})).toBe(false)
})
