import {type Bench, toStaging} from '../bench.ts'
import {alternate} from '../measure.ts'
import {type Row, ratioRow, seconds} from '../table.ts'

const RENDERS = 4

/** A run that finds everything as git says, against what rendering it costs. */
export async function nothingToDo({rounds, deploy, helmfile}: Bench): Promise<Row[]> {
  await helmfile('echo', 'staging', ['sync'])
  const {ours, plain} = await alternate(rounds, {
    ours: async () => {
      const run = await deploy(toStaging('echo', '--json', '--take-git'))
      const states = (JSON.parse(run.stdout) as {releases: {state: string}[]}).releases.map(one => one.state)
      if (states.some(state => state !== 'unchanged'))
        throw new Error(`echo was to be unchanged: ${states.join(', ')}`)
      return run.ms
    },
    plain: async () => (await helmfile('echo', 'staging', ['template'])).ms,
  })
  return [
    ratioRow(
      'nothing to do, against 4 × `helmfile template`',
      ours,
      RENDERS * plain,
      `${RENDERS} × ${seconds(plain)}`,
      1,
    ),
  ]
}
