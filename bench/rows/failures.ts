import type {Outcome} from '../../src/plan/outcome.ts'
import {type Bench, toStaging} from '../bench.ts'
import {median} from '../measure.ts'
import {limitRow, type Row} from '../table.ts'

const LIMIT_MS = 5000
const ROLLED_BACK = 10
// A failure on purpose costs seconds, and these times hardly vary.
const MOST_ROUNDS = 3

/** From the moment Kubernetes shows that a version is bad to the old one verified healthy. */
export async function failures({rounds, deploy, helmfile, push}: Bench): Promise<Row[]> {
  await helmfile('echo', 'staging', ['sync'])
  const cost = async (flavour: string) => {
    const tag = await push('wikimedia/echo', flavour)
    const run = await deploy(toStaging('echo', '--json', '--version', tag), [ROLLED_BACK])
    const {timings} = JSON.parse(run.stdout) as Outcome
    if (timings === undefined) throw new Error(`no timings in the outcome of a ${flavour} version`)
    return timings.verdictMs + timings.backMs
  }
  const taken = {unpullable: [] as number[], crash: [] as number[]}
  for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round += 1) {
    taken.unpullable.push(await cost('unpullable'))
    taken.crash.push(await cost('crash'))
  }
  const plain = '– (it waits for its timeout, 600 s)'
  return [
    limitRow(
      'an unpullable image, from the first sign to the old version healthy',
      median(taken.unpullable),
      plain,
      LIMIT_MS,
    ),
    limitRow(
      'a crash loop, from the second exit to the old version healthy',
      median(taken.crash),
      plain,
      LIMIT_MS,
    ),
  ]
}
