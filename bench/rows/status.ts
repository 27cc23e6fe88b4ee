import type {Bench} from '../bench.ts'
import {makeManyServices} from '../many-services.ts'
import {median, measure} from '../measure.ts'
import {limitRow, megabytes, type Row} from '../table.ts'

const LIMIT_BYTES = 300e6

/** What runs where, of as many services as there are on Wikimedia's deploy host. */
export async function status({rounds, paths, program, env, helmfile}: Bench): Promise<Row[]> {
  const {stdout: manifest} = await helmfile('shop', 'eqiad', ['--quiet', 'template'])
  const many = await makeManyServices(paths, manifest)
  try {
    const runs = []
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      const run = await measure(program, ['status'], {cwd: many.charts, env})
      const shown = run.stdout.split('\n').filter(line => / (main|canary) /.test(line)).length
      if (shown !== many.releases) throw new Error(`status shows ${shown} of ${many.releases} releases`)
      runs.push(run)
    }
    const peakBytes = Math.max(...runs.map(run => run.peakBytes))
    const what = `status of ${many.releases} releases behind ${many.kubeconfigs} kubeconfigs on 3 clusters`
    return [
      limitRow(what, median(runs.map(run => run.ms)), '–', 2000),
      {
        what: 'the same: memory of deploy itself',
        deploy: megabytes(peakBytes),
        plain: '–',
        ratio: '–',
        target: `≤ ${megabytes(LIMIT_BYTES)}`,
        isMet: peakBytes <= LIMIT_BYTES,
      },
    ]
  } finally {
    await many.close()
  }
}
