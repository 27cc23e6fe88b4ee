import {CLUSTERS, type Cluster} from '../../src/sandbox/names.ts'
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
  const {all, eqiad, template, templates} = await alternate(rounds, {
    all: diff('all'),
    eqiad: diff('eqiad'),
    template: () => templated(['eqiad'], helmfile),
    templates: () => templated(CLUSTERS, helmfile),
  })
  const plain = `eqiad alone ${seconds(eqiad)} (\`helmfile template\` ${seconds(template)}, three side by side ${(templates / template).toFixed(2)} ×)`
  return [ratioRow('preview of three environments, against the slowest one alone', all, eqiad, plain, 1.3)]
}

/** What the machine's cores make of helmfile and helm alone, which compare nothing. */
async function templated(clusters: readonly Cluster[], helmfile: Bench['helmfile']): Promise<number> {
  const startMs = performance.now()
  await Promise.all(clusters.map(cluster => helmfile('shop', cluster, ['template'])))
  return performance.now() - startMs
}
