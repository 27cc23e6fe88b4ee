import {Args} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {carryOutFlags, finishFlags, outputFlags, stateValueFlags} from '../cli/flags.ts'

export default class Resume extends BaseCommand {
  static override summary = 'Go on with a deployment that paused, or whose process died'

  static override description =
    `The recorded commit of the charts repository is rendered again, with the recorded versions. What the run had written and nobody has
judged is judged, held and baked first; then comes what is left. It stops (12) when the commit does not render what was recorded, or when
someone else has changed a release since. It may be typed anywhere: the record is in the clusters.`

  static override examples = [
    '<%= config.bin %> resume shop',
    '<%= config.bin %> resume shop --run 20261121T101500-3f2a --yes',
  ]

  static seeAlso = ['abort', 'history', 'reliability.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {...finishFlags, ...stateValueFlags, ...carryOutFlags, ...outputFlags}

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Resume)
    const {inFinishSession} = await import('../cli/finish-session.ts')
    await inFinishSession('resume', args.name, flags)
  }
}
