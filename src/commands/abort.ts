import {Args} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {carryOutFlags, finishFlags, outputFlags, stateValueFlags} from '../cli/flags.ts'

export default class Abort extends BaseCommand {
  static override summary = 'Undo a deployment that paused, or whose process died'

  static override description =
    `What the run touched goes back to the revisions that it recorded before each step, newest first, and is verified as after any failure;
first installs are removed. What it did not touch, and what someone else has changed since, is left as it is.
It may be typed anywhere: the record is in the clusters.`

  static override examples = [
    '<%= config.bin %> abort shop',
    '<%= config.bin %> abort shop --run 20261121T101500-3f2a --yes',
  ]

  static seeAlso = ['resume', 'history', 'rollback', 'reliability.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {...finishFlags, ...stateValueFlags, ...carryOutFlags, ...outputFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Abort)
    const {inFinishSession} = await import('../cli/finish-session.ts')
    await inFinishSession('abort', args.name, flags)
  }
}
