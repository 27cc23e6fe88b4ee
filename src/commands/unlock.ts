import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {listOf} from '../cli/flags.ts'
import {requiredEnvironmentsFlag} from '../cli/read-session-flags.ts'
import {DeployError} from '../errors.ts'

export default class Unlock extends BaseCommand {
  static override summary = 'Let a service be deployed again'

  static override description = `Removes one's own lock. One of somebody else, or of a run at work, needs
--force and a reason. A run whose lock is removed stops, takes nothing
back, and says so.`

  static override examples = [
    '<%= config.bin %> unlock shop -e eqiad',
    '<%= config.bin %> unlock shop -e eqiad --force -m "alice is away, agreed with bob"',
  ]

  static seeAlso = ['lock', 'status', 'reliability.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    env: requiredEnvironmentsFlag,
    force: Flags.boolean({description: "somebody else's lock as well; needs -m"}),
    message: Flags.string({char: 'm', description: 'why'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Unlock)
    if (flags.force && !flags.message?.trim())
      throw new DeployError('usage', "unlock somebody else's lock: a reason is needed.", {
        hint: 'Add -m "why".',
      })
    const {unlockService} = await import('../cli/lock-session.ts')
    const request = {name: args.name, environments: listOf(flags.env)}
    const unlocked = await unlockService(flags, request, flags.force)
    if (unlocked.length === 0) this.log('nothing is locked there')
    for (const {place, was} of unlocked) {
      const why = was.reason === '' ? '' : `: ${was.reason}`
      this.log(
        `unlocked ${place.service} in ${place.environment}; ${was.by} held it since ${was.since}${why}`,
      )
    }
  }
}
