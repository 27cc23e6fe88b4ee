import {describe, expect, test} from 'vitest'
import {exitKindOf, outcomeOf, type RunEnd} from '../../src/plan/end.ts'
import type {Failure} from '../../src/plan/events.ts'
import {makePlan} from '../../src/plan/make-plan.ts'
import {aRelease, anEnvironment, attended, facts, settings} from './facts.ts'

const pending = aRelease('main', {latest: {revision: 4, status: 'pending-upgrade'}})
const plan = makePlan(facts([anEnvironment('staging', [pending])]), () => [], settings, {
  ...attended,
  isUnattended: true,
})
const release = {namespace: 'shop', name: 'main'}
const notBack = [{environment: 'staging', command: 'helm rollback main 3', message: 'it hangs'}]
const failed = (failure: Failure, given: Partial<Extract<RunEnd, {kind: 'failed'}>> = {}): RunEnd => ({
  kind: 'failed',
  failure,
  isTouched: true,
  kept: [],
  notBack: [],
  ...given,
})
const timedOut: Failure = {kind: 'timed-out', release, waitingFor: [], timeoutMs: 1000}
const foreign: Failure = {kind: 'changed-by-others', release, expectedRevision: 3, foundRevision: 4}

const ends: [string, RunEnd, number][] = [
  ['deployed', {kind: 'deployed'}, 0],
  ['previewed', {kind: 'previewed', hasChanges: true, isDetailed: false}, 0],
  ['previewed with --detailed-exitcode', {kind: 'previewed', hasChanges: true, isDetailed: true}, 2],
  ['nothing to preview', {kind: 'previewed', hasChanges: false, isDetailed: true}, 0],
  ['declined', {kind: 'declined', why: 'answer'}, 12],
  ['no terminal', {kind: 'declined', why: 'no-terminal'}, 12],
  ['refused', {kind: 'refused'}, 12],
  ['paused', {kind: 'paused', before: 'eqiad'}, 13],
  ['failed and back', failed(timedOut), 10],
  ['failed and not back', failed(timedOut, {notBack}), 11],
  ['failed and left as it is', failed(timedOut, {notBack, isLeft: true}), 11],
  ['Ctrl-C', failed({kind: 'interrupted', signal: 'SIGINT'}), 130],
  ['SIGTERM', failed({kind: 'interrupted', signal: 'SIGTERM'}), 143],
  [
    'Ctrl-C before anything was touched',
    failed({kind: 'interrupted', signal: 'SIGINT'}, {isTouched: false}),
    12,
  ],
  ['the cluster is gone, all healthy so far', failed({kind: 'infrastructure', message: 'no answer'}), 13],
  ['the cluster is gone in mid-rollout', failed({kind: 'infrastructure', message: 'gone'}, {notBack}), 11],
  ['the lock is lost', failed({kind: 'lock-lost', environment: 'eqiad', message: 'gone'}), 13],
  [
    'the lock is lost, nothing touched',
    failed({kind: 'lock-lost', environment: 'eqiad', message: 'gone'}, {isTouched: false}),
    75,
  ],
  [
    'not permitted, nothing touched',
    failed({kind: 'infrastructure', message: 'no', isForbidden: true}, {isTouched: false}),
    77,
  ],
  [
    'the cluster is gone, nothing touched',
    failed({kind: 'infrastructure', message: 'no answer'}, {isTouched: false}),
    69,
  ],
  ['someone else changed it, nothing touched', failed(foreign, {isTouched: false}), 12],
  ['someone else changed it in mid-run', failed(foreign), 13],
]

describe('outcomeOf', () => {
  test.each(ends)('%s', (_, end, code) => {
    const outcome = outcomeOf(end, plan, {runId: 'r', durationMs: 5, releases: [], timings: undefined})
    expect(outcome.exitCode).toBe(code)
    expect(outcome.summary).not.toBe('')
    expect(outcome.kind).toBe(exitKindOf(end, plan))
  })

  test('what to type next stands in it', () => {
    const next = (end: RunEnd) =>
      outcomeOf(end, plan, {runId: 'r', durationMs: 5, releases: [], timings: undefined}).next
    expect(next(failed(timedOut, {notBack}))).toBe('helm rollback main 3')
    expect(next({kind: 'declined', why: 'no-terminal'})).toContain('--yes')
    expect(next({kind: 'deployed'})).toBeUndefined()
    expect(next({kind: 'paused', before: 'eqiad'})).toBe(
      'deploy resume shop, or deploy abort shop to undo it',
    )
    expect(next(failed({kind: 'infrastructure', message: 'gone'}))).toBe(
      'deploy resume shop, or deploy abort shop to undo it',
    )
    expect(next(failed(foreign))).toBe('deploy abort shop')
    expect(next(failed(timedOut))).toBe('deploy history shop r')
  })

  test('touched runs end with 0, 10, 11, 13, 130 or 143 only', () => {
    for (const [, end] of ends) {
      if (end.kind !== 'failed' || !end.isTouched) continue
      const {exitCode} = outcomeOf(end, plan, {runId: 'r', durationMs: 5, releases: [], timings: undefined})
      expect([10, 11, 13, 130, 143]).toContain(exitCode)
    }
  })
})
