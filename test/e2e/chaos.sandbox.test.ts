import {randomBytes} from 'node:crypto'
import {expect, test} from 'vitest'
import {killedText, runCampaign} from '../../chaos/campaign.ts'

test('twelve deployments that are killed anywhere: each is whole in the end, and nothing is left', async () => {
  const seed = process.env.DEPLOY_CHAOS_SEED ?? randomBytes(4).toString('hex')
  process.stderr.write(`npm run chaos -- --kills 12 --seed ${seed}\n`)
  const done = await runCampaign({seed, from: 0, kills: 12, report: () => {}})
  const wrong = done.filter(killed => killed.wrong.length > 0)
  expect(wrong.map(killedText), `seed ${seed}`).toEqual([])
}, 600_000)
