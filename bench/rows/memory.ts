import {CLUSTERS} from '../../src/sandbox/names.ts'
import type {Bench} from '../bench.ts'
import {megabytes, type Row, times} from '../table.ts'

const LIMIT_BYTES = 150e6

/** The most memory deploy itself holds while it deploys to three environments in one run. */
export async function memory({deploy, helmfile, push}: Bench): Promise<Row[]> {
  const [first] = await Promise.all(CLUSTERS.map(cluster => helmfile('shop', cluster, ['sync'])))
  const plainBytes = first?.peakBytes ?? 0
  const args = ['shop', '-e', 'all', '--yes', '--override', '--window', '0ms', '--bake', '0ms']
  const {peakBytes} = await deploy([...args, '--version', await push('wikimedia/shop')])
  return [
    {
      what: 'memory of deploy itself, deploying to three environments',
      deploy: megabytes(peakBytes),
      plain: `helmfile itself, one environment ${megabytes(plainBytes)}`,
      ratio: times(peakBytes / plainBytes),
      target: `≤ ${megabytes(LIMIT_BYTES)}`,
      isMet: peakBytes <= LIMIT_BYTES,
    },
  ]
}
