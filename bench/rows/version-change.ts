import {type Bench, newTag, toStaging} from '../bench.ts'
import {alternate} from '../measure.ts'
import {type Row, ratioRow, seconds} from '../table.ts'

/** A new version of echo, from the command line to all its pods ready. */
export async function versionChange({rounds, deploy, helmfile, push}: Bench): Promise<Row[]> {
  const {ours, plain} = await alternate(rounds, {
    ours: async () => {
      const tag = await push('wikimedia/echo')
      return (await deploy(toStaging('echo', '--version', tag))).ms
    },
    // The helmfile says atomic: helm waits, and looks every 2 s.
    plain: async () =>
      (await helmfile('echo', 'staging', ['sync', '--set', `main_app.version=${newTag()}`])).ms,
  })
  return [
    ratioRow(
      'a version change to verified healthy, against `helmfile sync` with atomic',
      ours,
      plain,
      seconds(plain),
      0.5,
    ),
  ]
}
