import {parseArgs} from 'node:util'
import {realNodesRefusal} from '../src/sandbox/real-requirements.ts'
import {withCases} from '../test/nodes/case-sandbox.ts'
import {CASES} from '../test/nodes/cases.ts'
import {eachAtOnce, type Verdict, withDeploy, withHelm} from './verdicts/runs.ts'
import {verdictTable} from './verdicts/table.ts'

const usage = `node bench/verdicts.ts [--at-once N] [CASE …]
The cases of test/nodes with deploy, and with helm upgrade --atomic --timeout 60s.
cases: ${CASES.map(({name}) => name).join(', ')}\n`

const {values, positionals} = parseArgs({
  options: {'at-once': {type: 'string', default: '8'}, help: {type: 'boolean', default: false}},
  allowPositionals: true,
})
const atOnce = Number(values['at-once'])
const refusal = await realNodesRefusal(process.env)
if (values.help || !(atOnce >= 1) || !positionals.every(name => CASES.some(one => one.name === name))) {
  process.stderr.write(usage)
  process.exitCode = values.help ? 0 : 64
} else if (refusal !== undefined) {
  process.stderr.write(`no real nodes here: ${refusal}\n`)
  process.exitCode = 1
} else {
  process.env.DEPLOY_TEST_SANDBOX ??= 'bench'
  await compare(CASES.filter(({name}) => positionals.length === 0 || positionals.includes(name)))
}

async function compare(cases: typeof CASES): Promise<void> {
  const said = (tool: string, {name}: {name: string}, {word, ms}: Verdict) =>
    process.stderr.write(`${tool} ${name}: ${word} after ${(ms / 1000).toFixed(1)} s\n`)
  const names = cases.map(({name}) => name)
  await withCases(names, async () => {
    const ours = await eachAtOnce(cases, atOnce, withDeploy, said)
    const plain = await eachAtOnce(cases, atOnce, withHelm, said)
    process.stdout.write(`\n${verdictTable(cases, ours, plain)}`)
  })
}
