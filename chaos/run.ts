import {randomBytes} from 'node:crypto'
import {parseArgs} from 'node:util'
import {inOwnSandbox} from './own-sandbox.ts'

const usage = 'npm run chaos -- [--kills N] [--seed S] [--from I]\n'

const {values} = parseArgs({
  options: {
    kills: {type: 'string', default: '20'},
    seed: {type: 'string', default: randomBytes(4).toString('hex')},
    from: {type: 'string', default: '0'},
    help: {type: 'boolean', default: false},
  },
})
const [kills, from] = [Number(values.kills), Number(values.from)]
if (values.help || !(kills >= 1 && from >= 0)) {
  process.stderr.write(usage)
  process.exitCode = values.help ? 0 : 64
} else {
  await inOwnSandbox(() => run(values.seed))
}

async function run(seed: string): Promise<void> {
  const report = (line: string) => void process.stderr.write(`${line}\n`)
  const {killedText, runCampaign, summaryText} = await import('./campaign.ts')
  report(`seed ${seed}, kills ${from} to ${from + kills - 1}`)
  const done = await runCampaign({seed, from, kills, report: killed => report(killedText(killed))})
  const wrong = done.filter(killed => killed.wrong.length > 0)
  process.stdout.write(`\n${summaryText(done)}\nseed ${seed}: ${done.length} kills, ${wrong.length} wrong\n`)
  process.exitCode = wrong.length > 0 ? 1 : 0
}
