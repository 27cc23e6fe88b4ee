import {availableParallelism, loadavg} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {PACKAGE_ROOT} from '../src/sandbox/paths.ts'
import {type Bench, openBench} from './bench.ts'
import {failures} from './rows/failures.ts'
import {firstLine} from './rows/first-line.ts'
import {manyPods} from './rows/many-pods.ts'
import {memory} from './rows/memory.ts'
import {nothingToDo} from './rows/nothing-to-do.ts'
import {preview} from './rows/preview.ts'
import {requests} from './rows/requests.ts'
import {start} from './rows/start.ts'
import {status} from './rows/status.ts'
import {versionChange} from './rows/version-change.ts'
import {type Row, tableText} from './table.ts'

const ROWS: Record<string, (bench: Bench) => Promise<Row[]>> = {
  'version-change': versionChange,
  'nothing-to-do': nothingToDo,
  preview,
  'first-line': firstLine,
  start,
  memory,
  failures,
  requests,
  'many-pods': manyPods,
  status,
}

const usage = `node bench/run.ts [--rounds N] [--deploy PROGRAM] [ROW …]
rows: ${Object.keys(ROWS).join(', ')}\n`

const {values, positionals} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    deploy: {type: 'string', default: join(PACKAGE_ROOT, 'bin', 'deploy')},
    help: {type: 'boolean', default: false},
  },
  allowPositionals: true,
})
const rounds = Number(values.rounds)
const unknown = positionals.filter(name => ROWS[name] === undefined)
if (values.help || unknown.length > 0 || !(rounds >= 1)) {
  process.stderr.write(usage)
  process.exitCode = values.help ? 0 : 64
} else {
  await run(positionals.length > 0 ? positionals : Object.keys(ROWS), await openBench(rounds, values.deploy))
}

async function run(names: readonly string[], bench: Bench): Promise<void> {
  process.once('SIGINT', () => void bench.close().finally(() => process.exit(130)))
  const rows: Row[] = []
  try {
    for (const name of names) rows.push(...(await take(name, bench)))
  } finally {
    await bench.close()
  }
  process.stdout.write(`\n${tableText(rows)}\n${circumstances(bench.rounds)}`)
}

// A busy machine stretches what computes, and not what waits: the load belongs to the numbers.
function circumstances(rounds: number): string {
  const load = loadavg()[1]?.toFixed(1)
  return `${rounds} rounds, node ${process.version}, ${availableParallelism()} cores, load average (5 min) ${load}\n`
}

// One broken row must not hide the others.
async function take(name: string, bench: Bench): Promise<Row[]> {
  const startMs = performance.now()
  try {
    return (await ROWS[name]?.(bench)) ?? []
  } catch (error) {
    process.exitCode = 1
    process.stderr.write(`${name}: ${(error as Error).message}\n`)
    return [{what: name, deploy: 'could not be measured', plain: '', ratio: '', target: '', isMet: false}]
  } finally {
    process.stderr.write(`${name}: took ${((performance.now() - startMs) / 1000).toFixed(0)} s\n`)
  }
}
