import {expect, test} from 'vitest'
import {stateOf} from '../../src/flow/unfinished.ts'
import type {ExitKind} from '../../src/exit-codes.ts'

const pages = (...outcomes: (ExitKind | undefined)[]) =>
  outcomes.map(outcome => ({record: outcome === undefined ? {} : {outcome}}))

test.each([
  ['no word of an end', pages(undefined), ['other'], 'dead'],
  ['paused', pages('paused', undefined), ['other', 'other'], 'paused'],
  ['failed and left as it is', pages('partly-back'), ['other'], 'left'],
  ['gone on with just now', pages('paused', 'paused'), ['other', 'working'], 'working'],
  ['killed while somebody finished it', pages('partly-back'), ['dead'], 'dead'],
] as const)('the state of a run without an end: %s', (_, some, held, state) => {
  expect(stateOf(some, held)).toBe(state)
})
