import fc from 'fast-check'
import {expect, test} from 'vitest'
import {takeTurns} from '../../src/flow/turns.ts'
import {type Wave, WAVES, waveOf} from '../../src/plan/waves.ts'
import {aStage} from '../view/plans.ts'

const STAGES = {
  staging: aStage('staging', []),
  canary: aStage('eqiad canary', [], {role: 'canary'}),
  production: aStage('eqiad', []),
} as const

type Service = {stages: Wave[]; fails: boolean}
const services = fc.array(fc.record({stages: fc.subarray([...WAVES]), fails: fc.boolean()}), {
  minLength: 1,
  maxLength: 8,
})

/** Plays services that pause wherever they can; tells in which order stages began and ended. */
async function play(many: readonly Service[], options: {parallel: number; maxFailures: number}) {
  const questions: string[] = []
  const told: {what: 'began' | 'ended'; index: number; wave: Wave; atOnce: number}[] = []
  let working = 0
  const names = many.map((_, index) => String(index))
  const turns = takeTurns(names, 'all?', {
    ...options,
    signal: new AbortController().signal,
    confirm: async question => questions.push(question) > 0,
  })
  const run = async ({stages, fails}: Service, index: number) => {
    const name = String(index)
    await turns.begin(name)
    await pause(index)
    if (stages.length === 0) return turns.end(name, 'well')
    if (!(await turns.agree(name))) return turns.end(name, 'well')
    for (const [place, wave] of stages.entries()) {
      if (!(await turns.turn(name, STAGES[wave]))) return turns.end(name, 'well')
      working += 1
      told.push({what: 'began', index, wave, atOnce: working})
      await pause(index + place)
      working -= 1
      told.push({what: 'ended', index, wave, atOnce: working})
      if (fails && place === 0) return turns.end(name, 'badly')
    }
    return turns.end(name, 'well')
  }
  await Promise.all(many.map(run))
  return {questions, told}
}

async function pause(times: number): Promise<void> {
  for (let index = 0; index < times % 5; index += 1) await Promise.resolve()
}

test('no wave begins before the one before it is done, never more work than may, each wave is asked for once', async () => {
  await fc.assert(
    fc.asyncProperty(services, fc.integer({min: 1, max: 4}), async (many, parallel) => {
      const {told, questions} = await play(many, {parallel, maxFailures: Number.POSITIVE_INFINITY})
      const waves = told.map(({wave}) => WAVES.indexOf(wave))
      expect(waves).toEqual([...waves].sort((a, b) => a - b))
      expect(Math.max(0, ...told.map(({atOnce}) => atOnce))).toBeLessThanOrEqual(parallel)
      expect(new Set(questions).size).toBe(questions.length)
      const expected = many.flatMap(({stages, fails}) => (fails ? stages.slice(0, 1) : stages))
      expect(told.filter(({what}) => what === 'began')).toHaveLength(expected.length)
    }),
  )
})

test('after as many failures as are allowed nothing more is begun', async () => {
  await fc.assert(
    fc.asyncProperty(services, async many => {
      const {told} = await play(many, {parallel: 1, maxFailures: 1})
      const failed = told.findIndex(({what, index}) => what === 'ended' && many[index]?.fails === true)
      if (failed >= 0) expect(told.slice(failed + 1)).toEqual([])
    }),
  )
})

test('one that cannot be begun keeps all others from it, and nobody is asked', async () => {
  const asked: string[] = []
  const turns = takeTurns(['good', 'bad'], 'all?', {
    parallel: 1,
    maxFailures: 3,
    signal: new AbortController().signal,
    confirm: async question => asked.push(question) > 0,
  })
  const good = turns.begin('good').then(() => turns.agree('good'))
  await turns.begin('bad')
  turns.end('bad', 'badly')
  expect(await good).toBe(false)
  expect(asked).toEqual([])
  expect(['good', 'bad'].map(name => turns.hasAgreed(name))).toEqual([true, false])
})

test('a signal ends every waiting', async () => {
  const ending = new AbortController()
  const options = {parallel: 2, maxFailures: 3, signal: ending.signal, confirm: async () => true}
  const turns = takeTurns(['first', 'slow'], 'all?', options)
  const first = turns.begin('first').then(() => turns.agree('first'))
  ending.abort('SIGINT')
  expect(await first).toBe(false)
})

test('the order of waves', () => {
  expect(Object.values(STAGES).map(waveOf)).toEqual([...WAVES])
})
