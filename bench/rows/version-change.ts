import {type Bench, newTag, toStaging} from '../bench.ts'
import {alternate} from '../measure.ts'
import {type Row, ratioRow, seconds} from '../table.ts'

/** A new version of echo, from the command line to all its pods ready. */
export async function versionChange(bench: Bench): Promise<Row[]> {
  // What the tools take: the pods of these tags are ready as soon as they have a node.
  const tools = await bothWays('instant', bench)
  const withPods = await bothWays('production', bench)
  return [
    ratioRow(
      'a version change to verified healthy, against `helmfile sync` with atomic',
      tools.ours,
      tools.plain,
      seconds(tools.plain),
      0.5,
    ),
    ratioRow(
      'the same with pods that take 0.5 to 0.9 s themselves',
      withPods.ours,
      withPods.plain,
      seconds(withPods.plain),
      0.5,
    ),
  ]
}

function bothWays(flavour: string, {rounds, deploy, helmfile, push}: Bench) {
  return alternate(rounds, {
    ours: async () => {
      const tag = await push('wikimedia/echo', flavour)
      return (await deploy(toStaging('echo', '--version', tag))).ms
    },
    // The helmfile says atomic: helm waits, and looks every 2 s.
    plain: async () => {
      const sync = ['sync', '--set', `main_app.version=${newTag(flavour)}`]
      return (await helmfile('echo', 'staging', sync)).ms
    },
  })
}
