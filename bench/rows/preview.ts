import {CLUSTERS} from '../../src/sandbox/names.ts'
import type {Bench} from '../bench.ts'
import {alternate} from '../measure.ts'
import {type Row, ratioRow, seconds} from '../table.ts'

/** What a new version would change in all environments, against the same for one that has as much as any. */
export async function preview({rounds, deploy, helmfile, push}: Bench): Promise<Row[]> {
  await Promise.all(CLUSTERS.map(cluster => helmfile('shop', cluster, ['sync'])))
  const diff = (environment: string) => async () => {
    const tag = await push('wikimedia/shop')
    return (await deploy(['diff', 'shop', '-e', environment, '--version', tag])).ms
  }
  const {all, eqiad, template} = await alternate(rounds, {
    all: diff('all'),
    eqiad: diff('eqiad'),
    template: async () => (await helmfile('shop', 'eqiad', ['template'])).ms,
  })
  const plain = `eqiad alone ${seconds(eqiad)} (\`helmfile template\` ${seconds(template)})`
  return [ratioRow('preview of three environments, against the slowest one alone', all, eqiad, plain, 1.3)]
}
