import {parseArgs} from 'node:util'
import {median} from '../bench/measure.ts'
import {withCases} from '../test/nodes/case-sandbox.ts'
import type {Case} from '../test/nodes/case.ts'
import {realNodesRefusal} from '../src/sandbox/real-requirements.ts'
import {SOAK_CASES} from './soak-cases.ts'
import {type Ended, deployWave} from './wave.ts'

const HEADER = `| what happens | has to be | so it was | otherwise | median | longest |
|---|---|---|---|---|---|`

const usage = `npm run soak -- [--times N] [--at-once N] [CASE …]
cases: ${SOAK_CASES.map(({name}) => name).join(', ')}\n`

const {values, positionals} = parseArgs({
  options: {
    times: {type: 'string', default: '20'},
    'at-once': {type: 'string', default: '10'},
    help: {type: 'boolean', default: false},
  },
  allowPositionals: true,
})
const [times, atOnce] = [Number(values.times), Number(values['at-once'])]
const isKnown = (name: string) => SOAK_CASES.some(one => one.name === name)
const refusal = await realNodesRefusal(process.env)
if (values.help || !positionals.every(isKnown) || !(times >= 1 && atOnce >= 1)) {
  process.stderr.write(usage)
  process.exitCode = values.help ? 0 : 64
} else if (refusal !== undefined) {
  process.stderr.write(`no real nodes here: ${refusal}\n`)
  process.exitCode = 1
} else {
  // A sandbox of its own, beside that of the tests.
  process.env.DEPLOY_TEST_SANDBOX ??= 'soak'
  await soak(SOAK_CASES.filter(({name}) => positionals.length === 0 || positionals.includes(name)))
}

async function soak(cases: readonly Case[]): Promise<void> {
  const namespaces = Array.from({length: times}, (_, index) => `soak-${index + 1}`)
  const rows: string[] = []
  await withCases(namespaces, async () => {
    for (const one of cases) {
      const {row, isWell} = await take(one, namespaces)
      if (!isWell) process.exitCode = 1
      rows.push(row)
      process.stderr.write(`${rows.at(-1)}\n`)
    }
  })
  process.stdout.write(`\n${HEADER}\n${rows.join('\n')}\n`)
}

// One case that cannot be run must not hide the others.
async function take(one: Case, namespaces: readonly string[]): Promise<{row: string; isWell: boolean}> {
  try {
    const ended = await deployAll(one, namespaces)
    return {row: rowOf(one, ended), isWell: ended.every(({as}) => as === one.expected)}
  } catch (error) {
    const [message = ''] = (error as Error).message.split('\n')
    return {row: `| ${one.title} | ${one.expected} | could not be run | ${message} | | |`, isWell: false}
  }
}

async function deployAll(one: Case, namespaces: readonly string[]): Promise<Ended[]> {
  const ended: Ended[] = []
  for (let index = 0; index < namespaces.length; index += atOnce)
    ended.push(...(await deployWave(one, namespaces.slice(index, index + atOnce))))
  for (const {as, outcome} of ended.filter(each => each.as !== one.expected))
    process.stderr.write(`${one.name}: ${as} and not ${one.expected}: ${JSON.stringify(outcome)}\n`)
  return ended
}

function rowOf({title, expected}: Case, ended: readonly Ended[]): string {
  const others = ended.filter(({as}) => as !== expected).map(({as}) => as)
  const times = ended.map(({outcome}) => outcome.durationMs)
  const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`
  const otherwise = others.length === 0 ? '–' : others.join(', ')
  const cells = [title, expected, `${ended.length - others.length} of ${ended.length}`, otherwise]
  return `| ${[...cells, seconds(median(times)), seconds(Math.max(...times))].join(' | ')} |`
}
