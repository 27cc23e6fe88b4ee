import {randomBytes} from 'node:crypto'
import {expect, test} from 'vitest'
import {roundText, runRaces} from '../../chaos/races.ts'

test('four rounds of two that start together, and of plain helmfile in mid-run', async () => {
  const seed = process.env.DEPLOY_CHAOS_SEED ?? randomBytes(4).toString('hex')
  process.stderr.write(`npm run races -- --rounds 4 --seed ${seed}\n`)
  const kinds = ['together', 'foreign'] as const
  const done = await runRaces({seed, from: 0, rounds: 4, kinds, report: () => {}})
  const wrong = done.filter(round => round.wrong.length > 0)
  expect(wrong.map(roundText), `seed ${seed}`).toEqual([])
}, 600_000)
