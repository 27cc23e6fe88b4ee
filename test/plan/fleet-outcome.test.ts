import {describe, expect, test} from 'vitest'
import type {ExitKind} from '../../src/exit-codes.ts'
import {fleetOutcomeOf, type ServiceEnd} from '../../src/plan/fleet-outcome.ts'
import {anOutcome} from '../view/events.ts'

const release = {namespace: 'shop', name: 'main'}
const end = (service: string, kind: ExitKind, isTouched: boolean, next?: string): ServiceEnd => ({
  service,
  outcome: anOutcome({
    kind,
    service,
    releases: [
      {
        environment: 'staging',
        release,
        state: isTouched ? 'deployed' : 'not-reached',
        revision: 1,
        images: [],
      },
    ],
    ...(next === undefined ? {} : {next}),
  }),
})
const unknown: ServiceEnd = {service: 'nosuch', error: {kind: 'not-found', message: 'no', hint: 'look'}}

describe('the exit code of many', () => {
  test.each<[string, ServiceEnd[], ExitKind]>([
    ['all deployed', [end('a', 'deployed', true), end('b', 'deployed', false)], 'deployed'],
    ['one failed and back', [end('a', 'deployed', true), end('b', 'rolled-back', true)], 'rolled-back'],
    ['one not back', [end('a', 'rolled-back', true), end('b', 'partly-back', true)], 'partly-back'],
    ['nothing touched, one refused', [end('a', 'declined', false), unknown], 'not-found'],
    ['nobody agreed', [end('a', 'declined', false), end('b', 'declined', false)], 'declined'],
    ['one locked, others done', [end('a', 'deployed', true), end('b', 'locked', false)], 'paused'],
    ['a preview with changes', [end('a', 'changes', false), end('b', 'deployed', false)], 'changes'],
  ])('%s', (_, ends, kind) => {
    expect(fleetOutcomeOf(ends, 1000).kind).toBe(kind)
  })
})

test('what to type next is that of the worst', () => {
  const ends = [end('a', 'paused', true, 'go on'), end('b', 'partly-back', true, 'helm rollback')]
  expect(fleetOutcomeOf(ends, 1000)).toMatchObject({
    exitCode: 11,
    next: 'helm rollback',
    summary: 'Of 2 services: NOT BACK 1 (b); paused 1 (a).',
  })
})
