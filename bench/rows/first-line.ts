import type {Bench} from '../bench.ts'
import {alternate, measure, type Run} from '../measure.ts'
import {limitRow, type Row} from '../table.ts'

const LIMIT_MS = 300

/** How long a person looks at nothing: until the first words, in a pipe and on a terminal. */
export async function firstLine(bench: Bench): Promise<Row[]> {
  const dryRun = async () => {
    const tag = await bench.push('wikimedia/echo')
    return ['echo', '-e', 'staging', '--version', tag, '--dry-run']
  }
  const {piped, terminal} = await alternate(bench.rounds, {
    piped: async () => untilWords(await bench.deploy(await dryRun())),
    terminal: async () => untilWords(await onTerminal(bench, await dryRun())),
  })
  return [
    limitRow('first useful line, in a pipe', piped, '–', LIMIT_MS),
    limitRow('first useful line, on a terminal', terminal, '–', LIMIT_MS),
  ]
}

// script(1) gives a program a terminal; its own start is in the time.
function onTerminal({program, charts, env}: Bench, args: readonly string[]): Promise<Run> {
  const command = [program, ...args].map(word => `'${word}'`).join(' ')
  return measure('script', ['-qec', command, '/dev/null'], {cwd: charts, env})
}

function untilWords(run: Run): number {
  if (run.firstLineMs === undefined) throw new Error('deploy said nothing')
  return run.firstLineMs
}
