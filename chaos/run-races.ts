import {randomBytes} from 'node:crypto'
import {parseArgs} from 'node:util'
import {inOwnSandbox} from './own-sandbox.ts'

const usage = 'npm run races -- [--rounds N] [--seed S] [--from I] [--only together|foreign]\n'

const {values} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    seed: {type: 'string', default: randomBytes(4).toString('hex')},
    from: {type: 'string', default: '0'},
    only: {type: 'string'},
    help: {type: 'boolean', default: false},
  },
})
const [rounds, from] = [Number(values.rounds), Number(values.from)]
const isKnown = values.only === undefined || values.only === 'together' || values.only === 'foreign'
if (values.help || !isKnown || !(rounds >= 1 && from >= 0)) {
  process.stderr.write(usage)
  process.exitCode = values.help ? 0 : 64
} else {
  await inOwnSandbox(() => run(values.seed))
}

async function run(seed: string): Promise<void> {
  const {RACE_KINDS, racesText, roundText, runRaces} = await import('./races.ts')
  const kinds = RACE_KINDS.filter(kind => values.only === undefined || values.only === kind)
  process.stderr.write(`seed ${seed}, rounds ${from} to ${from + rounds - 1} of ${kinds.join(' and ')}\n`)
  const report = (round: Parameters<typeof roundText>[0]) =>
    void process.stderr.write(`${roundText(round)}\n`)
  const done = await runRaces({seed, from, rounds, kinds, report})
  const wrong = done.filter(round => round.wrong.length > 0)
  process.stdout.write(`\n${racesText(done)}\nseed ${seed}: ${done.length} rounds, ${wrong.length} wrong\n`)
  process.exitCode = wrong.length > 0 ? 1 : 0
}
