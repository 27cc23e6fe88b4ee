import {CLUSTERS} from '../../src/sandbox/names.ts'
import {type Bench, newTag} from '../bench.ts'
import {alternate} from '../measure.ts'
import {megabytes, type Row, times} from '../table.ts'

const LIMIT_BYTES = 150e6

/** The most memory deploy itself holds while it deploys to three environments at once. */
export async function memory({rounds, deploy, helmfile}: Bench): Promise<Row[]> {
  await Promise.all(CLUSTERS.map(cluster => helmfile('shop', cluster, ['sync'])))
  const args = () => ['shop', '-e', 'all', '--yes', '--override', '--window', '0ms', '--bake', '0ms']
  const {ours, plain} = await alternate(Math.min(rounds, 3), {
    ours: async () => (await deploy([...args(), '--version', newTag()])).peakBytes,
    plain: async () =>
      (await helmfile('shop', 'eqiad', ['sync', '--set', `main_app.version=${newTag()}`])).peakBytes,
  })
  return [
    {
      what: 'memory of deploy itself, deploying to three environments',
      deploy: megabytes(ours),
      plain: `helmfile itself, one environment ${megabytes(plain)}`,
      ratio: times(ours / plain),
      target: `≤ ${megabytes(LIMIT_BYTES)}`,
      isMet: ours <= LIMIT_BYTES,
    },
  ]
}
