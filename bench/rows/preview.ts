import {CLUSTERS} from '../../src/sandbox/names.ts'
import {type Bench, newTag} from '../bench.ts'
import {alternate} from '../measure.ts'
import {type Row, ratioRow, seconds} from '../table.ts'

/** What a new version would change in all environments, against the same for the slowest of them. */
export async function preview({rounds, deploy, helmfile}: Bench): Promise<Row[]> {
  await Promise.all(CLUSTERS.map(cluster => helmfile('shop', cluster, ['sync'])))
  const diff = (environment: string) => async () =>
    (await deploy(['diff', 'shop', '-e', environment, '--version', newTag()])).ms
  const taken = await alternate(rounds, {
    all: diff('all'),
    staging: diff('staging'),
    eqiad: diff('eqiad'),
    codfw: diff('codfw'),
    plain: async () => (await helmfile('shop', 'eqiad', ['template'])).ms,
  })
  const slowest = Math.max(taken.staging, taken.eqiad, taken.codfw)
  const [name] = CLUSTERS.filter(cluster => taken[cluster] === slowest)
  const plain = `${name} alone ${seconds(slowest)} (\`helmfile template\` ${seconds(taken.plain)})`
  return [
    ratioRow('preview of three environments, against the slowest one alone', taken.all, slowest, plain, 1.3),
  ]
}
