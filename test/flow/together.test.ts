import fc from 'fast-check'
import {expect, test} from 'vitest'
import {takeTurns} from '../../src/flow/turns.ts'
import type {EnvironmentClass} from '../../src/plan/facts.ts'
import {type Wave, WAVES} from '../../src/plan/waves.ts'
import {aStage} from '../view/plans.ts'

const STAGES = {
  staging: aStage('staging', []),
  canary: aStage('eqiad canary', [], {role: 'canary'}),
  production: aStage('eqiad', []),
} as const

type Service = {stages: Wave[]; failsIn: Wave | undefined; pauses: number}
type End = {touched: Wave[]; how: 'kept' | 'failed' | 'with-others' | 'stopped'}

const services = fc.array(
  fc.record({
    stages: fc.subarray([...WAVES]),
    failsIn: fc.option(fc.constantFrom(...WAVES), {nil: undefined}),
    pauses: fc.nat(9),
  }),
  {minLength: 1, maxLength: 7},
)

async function play(many: readonly Service[], parallel: number): Promise<End[]> {
  const names = many.map((_, index) => String(index))
  const signal = new AbortController().signal
  const turns = takeTurns(names, 'all?', {
    parallel,
    maxFailures: 99,
    signal,
    confirm: async () => true,
    isTogether: true,
  })
  const run = async ({stages, failsIn, pauses}: Service, index: number): Promise<End> => {
    const name = String(index)
    const touched: Wave[] = []
    const end = (how: End['how']): End => {
      turns.end(name, how === 'kept' || how === 'stopped' ? 'well' : 'back')
      return {touched, how}
    }
    await turns.begin(name)
    if (stages.length === 0 || !(await turns.agree(name))) return end('stopped')
    for (const [place, wave] of stages.entries()) {
      const mayBegin = await turns.turn(name, STAGES[wave])
      const last = stages[place - 1]
      const failure = last && (await turns.settle(name, STAGES[last], STAGES[wave]))
      if (failure) return end('with-others')
      if (!mayBegin) return end('stopped')
      touched.push(wave)
      for (let count = 0; count < pauses; count += 1) await Promise.resolve()
      if (failsIn === wave) return end('failed')
    }
    const last = stages.at(-1)
    const failure = last && (await turns.settle(name, STAGES[last], undefined))
    return end(failure ? 'with-others' : 'kept')
  }
  return Promise.all(many.map(run))
}

const classOf = (wave: Wave | undefined): EnvironmentClass => (wave === 'staging' ? 'staging' : 'production')

test('of one transaction nothing of a class stays where one failed there, and nothing goes back where none did', async () => {
  await fc.assert(
    fc.asyncProperty(services, fc.integer({min: 1, max: 4}), async (many, parallel) => {
      const ends = await play(many, parallel)
      const failed = new Set(
        ends.filter(({how}) => how === 'failed').map(({touched}) => classOf(touched.at(-1))),
      )
      for (const {touched, how} of ends) {
        const isHit = touched.length > 0 && failed.has(classOf(touched.at(-1)))
        if (isHit) expect(['failed', 'with-others']).toContain(how)
        else expect(['kept', 'stopped']).toContain(how)
      }
    }),
  )
})
