import {after, container, deployment} from '../test/nodes/case-objects.ts'
import type {Case} from '../test/nodes/case.ts'
import {CASES} from '../test/nodes/cases.ts'

/** Longer than in the tests: a false alarm may be late. */
const WINDOW_SECONDS = 5
/** What a window is in production. */
const PRODUCTION_WINDOW_SECONDS = 30
/** A probe has to see it first. */
const READY_AFTER_SECONDS = 1

const mustSucceed = CASES.filter(({expected}) => expected === 'ready').map(
  (one): Case => ({...one, windowSeconds: WINDOW_SECONDS}),
)

const turnsBad = [5, 15, 25].map(
  (seconds): Case => ({
    name: `turns-bad-${seconds}s`,
    title: `it crashes ${seconds} s after it was ready`,
    before: [deployment(container())],
    objects: [deployment(container('crash', after(`${seconds + READY_AFTER_SECONDS}s`)))],
    expected: 'crash-loop',
    windowSeconds: PRODUCTION_WINDOW_SECONDS,
  }),
)

export const SOAK_CASES: readonly Case[] = [...mustSucceed, ...turnsBad]
