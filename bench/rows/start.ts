import type {Bench} from '../bench.ts'
import {alternate, measure} from '../measure.ts'
import {type Row, ratioRow, seconds} from '../table.ts'

const TARGET = 4

/** What starting costs, against a node that does nothing. */
export async function start({rounds, deploy, charts, env}: Bench): Promise<Row[]> {
  const {version, help, node} = await alternate(rounds * 3, {
    node: async () => (await measure(process.execPath, ['-e', '0'], {cwd: charts, env})).ms,
    version: async () => (await deploy(['--version'])).ms,
    help: async () => (await deploy(['--help'])).ms,
  })
  const plain = `\`node -e 0\` ${seconds(node)}`
  return [
    ratioRow('`deploy --version`', version, node, plain, TARGET),
    ratioRow('`deploy --help`', help, node, plain, TARGET),
  ]
}
