import {Args, Flags} from '@oclif/core'
import {BaseCommand, type BaseFlags} from '../cli/base-command.ts'
import {stateValueFlags} from '../cli/flags.ts'
import {listOf, parseValues} from '../cli/typed-values.ts'
import {allFlag, refuseName, refuseParts} from '../cli/lock-all-flags.ts'
import type {ServiceRequest} from '../cli/read-session.ts'
import {requiredEnvironmentsFlag} from '../cli/read-session-flags.ts'
import {DeployError} from '../errors.ts'

export default class Unlock extends BaseCommand {
  static override summary = 'Let a service be deployed again'

  static override description = `Removes one's own lock. One of somebody else, or of a run at work, needs
--force and a reason, which deploy history shows. A run whose lock is
removed stops, takes nothing back, and says so.

With --all what deploy lock --all has locked is given free; services that
were locked by themselves stay so.`

  static override examples = [
    '<%= config.bin %> unlock shop -e eqiad',
    '<%= config.bin %> unlock shop -e eqiad --force -m "alice is away, agreed with bob"',
    '<%= config.bin %> unlock --all -e eqiad',
  ]

  static seeAlso = ['lock', 'history', 'reliability.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    env: requiredEnvironmentsFlag,
    all: allFlag,
    ...stateValueFlags,
    force: Flags.boolean({description: "somebody else's lock as well; needs -m"}),
    message: Flags.string({char: 'm', aliases: ['reason'], description: 'why'}),
  }

  static exits = ['locked']

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Unlock)
    if (flags.force && !flags.message?.trim())
      throw new DeployError('usage', "unlock somebody else's lock: a reason is needed.", {
        hint: 'Add -m "why".',
      })
    const request = {name: args.name, environments: listOf(flags.env), given: parseValues(flags)}
    const force = flags.force ? flags.message : undefined
    if (flags.all) return this.unlockAll(request, flags, force)
    const [{unlockService}, {stillLocked, unlockedText}] = await Promise.all([
      import('../cli/lock-session.ts'),
      import('../view/lock-text.ts'),
    ])
    const {unlocked, still} = await unlockService(flags, request, force)
    this.log([unlockedText(unlocked), ...stillLocked(still)].join('\n'))
  }

  private async unlockAll(
    request: ServiceRequest,
    flags: BaseFlags,
    force: string | undefined,
  ): Promise<void> {
    refuseName(request.name)
    const [{unlockAll}, {leftOutText, unlockedAllText}] = await Promise.all([
      import('../cli/lock-all-session.ts'),
      import('../view/lock-text.ts'),
    ])
    const {unlocked, leftOut, failed} = await unlockAll(flags, request, force)
    this.log([unlockedAllText(unlocked), ...leftOutText(leftOut)].join('\n'))
    refuseParts('unlock', failed)
  }
}
