import {Args, Flags} from '@oclif/core'
import {BaseCommand, type BaseFlags} from '../cli/base-command.ts'
import {DeployError} from '../errors.ts'
import {stateValueFlags} from '../cli/flags.ts'
import {listOf, parseValues} from '../cli/typed-values.ts'
import type {ServiceRequest} from '../cli/read-session.ts'
import {requiredEnvironmentsFlag} from '../cli/read-session-flags.ts'
import {allFlag, refuseName, refuseParts} from '../cli/lock-all-flags.ts'

export default class Lock extends BaseCommand {
  static override summary = 'Keep everybody from deploying a service, until it is unlocked'

  static override description = `Whoever deploys it or rolls it back meanwhile is told who locked it, why
and since when (exit 75). The lock is a ConfigMap in the service's own
namespace, so every deploy host and CI runner sees it; it does not run
out. Plain helmfile and helm do not know of it. All environments are
locked, or none: one where a run is at work is refused.

With --all every service of the environments is locked, one ConfigMap in
each of their namespaces. What is at work by then goes on to its end, and
is named; nothing new begins, not even a resume or an abort.`

  static override examples = [
    '<%= config.bin %> lock shop -e eqiad -m "T123: database maintenance"',
    '<%= config.bin %> lock shop -e all -m "no deployments over the holidays"',
    '<%= config.bin %> lock --all -e eqiad -m "T456: switchover"',
  ]

  static seeAlso = ['unlock', 'status', 'reliability.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    env: requiredEnvironmentsFlag,
    all: allFlag,
    ...stateValueFlags,
    message: Flags.string({
      char: 'm',
      aliases: ['reason'],
      description: 'why: others are told',
      required: true,
    }),
  }

  static exits = ['locked']

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Lock)
    if (flags.message.trim() === '')
      throw new DeployError('usage', 'lock: a reason is needed, others are told it.', {
        hint: 'Say it with -m "why".',
      })
    const request = {name: args.name, environments: listOf(flags.env), given: parseValues(flags)}
    if (flags.all) return this.lockAll(request, flags)
    const {lockService} = await import('../cli/lock-session.ts')
    for (const what of await lockService(flags, request, flags.message)) this.log(`locked ${what}`)
  }

  private async lockAll(request: ServiceRequest, flags: BaseFlags & {message: string}): Promise<void> {
    refuseName(request.name)
    const [{lockAll}, {lockedAllText}] = await Promise.all([
      import('../cli/lock-all-session.ts'),
      import('../view/lock-text.ts'),
    ])
    const locked = await lockAll(flags, request, flags.message)
    this.log(lockedAllText(locked))
    refuseParts('lock', locked.failed)
  }
}
