import {describe, expect, test} from 'vitest'
import {DeployError} from '../../src/errors.ts'
import {EXIT_CODES, type ExitKind, isTouchedEnd} from '../../src/exit-codes.ts'
import {endAfterFinished} from '../../src/plan/after-finished.ts'
import type {Outcome, ReleaseEnd} from '../../src/plan/outcome.ts'

const kinds = Object.keys(EXIT_CODES) as ExitKind[]
const anEnd = (kind: ExitKind, state: ReleaseEnd['state'], summary: string): Outcome => ({
  schema: 1,
  kind,
  exitCode: EXIT_CODES[kind].code,
  action: 'deploy',
  runId: 'R2',
  service: 'shop',
  summary,
  releases: [
    {environment: 'eqiad', release: {namespace: 'shop', name: 'main'}, state, revision: 3, images: []},
  ],
  durationMs: 1000,
})
const undone = {...anEnd('deployed', 'restored', 'The run R1 is undone.'), action: 'abort' as const}
const locked = new DeployError('locked', 'lock shop: bob has it.')

test('the codes of what may have been touched', () => {
  expect(kinds.filter(isTouchedEnd).map(kind => EXIT_CODES[kind].code)).toEqual([0, 10, 11, 13, 130, 143])
})

describe('once finishing has touched something', () => {
  test.each(kinds.filter(kind => !isTouchedEnd(kind)))('it does not end with %s', kind => {
    for (const then of [anEnd(kind, 'not-reached', 'Not now.'), new DeployError(kind, 'Not now.')])
      expect(endAfterFinished(undone, 'deploy', then, false)).toMatchObject({
        kind: 'paused',
        exitCode: 13,
        action: 'deploy',
        summary: 'The run R1 is undone. Then the deploy ended before it touched anything: Not now.',
        next: 'Run the same deploy again: nothing is left to resume.',
        releases: undone.releases,
      })
  })

  test.each(kinds.filter(isTouchedEnd))('%s is what it ends with', kind => {
    const then = anEnd(kind, 'deployed', 'Done.')
    expect(endAfterFinished(undone, 'deploy', then, true)).toBe(then)
  })

  test('who says no to the rest has what was agreed to', () => {
    const then = anEnd('declined', 'not-reached', 'Nothing was changed.')
    expect(endAfterFinished(undone, 'deploy', then, true)).toMatchObject({
      kind: 'deployed',
      exitCode: 0,
      action: 'abort',
      summary: 'The run R1 is undone. The deploy after it was declined: nothing else was changed.',
      releases: undone.releases,
    })
  })
})

test('where finishing touched nothing, what came after is told as it is', () => {
  const nothing = anEnd('deployed', 'unchanged', 'Nothing was left to undo.')
  const declined = anEnd('declined', 'not-reached', 'Nothing was changed.')
  expect(endAfterFinished(nothing, 'deploy', declined, true)).toBe(declined)
  expect(() => endAfterFinished(nothing, 'deploy', locked, false)).toThrow(locked)
})
