import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {listOf} from '../cli/flags.ts'
import {requiredEnvironmentsFlag} from '../cli/read-session-flags.ts'

export default class Lock extends BaseCommand {
  static override summary = 'Keep everybody from deploying a service, until it is unlocked'

  static override description = `Whoever deploys it or rolls it back meanwhile is told who locked it, why
and since when (exit 75). The lock is a ConfigMap in the service's own
namespace, so every deploy host and CI runner sees it; it does not run
out. Plain helmfile and helm do not know of it. All environments are
locked, or none: one where a run is at work is refused.`

  static override examples = [
    '<%= config.bin %> lock shop -e eqiad -m "T123: database maintenance"',
    '<%= config.bin %> lock shop -e all -m "no deployments over the holidays"',
  ]

  static seeAlso = ['unlock', 'status', 'reliability.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    env: requiredEnvironmentsFlag,
    message: Flags.string({char: 'm', description: 'why: others are told', required: true}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Lock)
    const {lockService} = await import('../cli/lock-session.ts')
    const request = {name: args.name, environments: listOf(flags.env)}
    for (const what of await lockService(flags, request, flags.message)) this.log(`locked ${what}`)
  }
}
