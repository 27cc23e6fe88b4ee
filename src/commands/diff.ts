import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {outputFlags, fleetFlags, targetFlags, valueFlags, versionFlags} from '../cli/flags.ts'
import {listOf, parseValues} from '../cli/typed-values.ts'

export default class Diff extends BaseCommand {
  static override summary = 'Show what a deployment would change, and change nothing'

  static override examples = [
    '<%= config.bin %> diff shop -e staging',
    '<%= config.bin %> diff shop -e all --detailed-exitcode',
  ]

  static seeAlso = ['service', 'render', 'json-output.md']

  static override args = {
    name: Args.string({
      description: 'services: NAME, GROUP/NAME, a pattern (mw-*), @GROUP; each with @TAG for its version',
      multiple: true,
    }),
  }

  static override flags = {
    ...targetFlags,
    ...versionFlags,
    ...valueFlags,
    'detailed-exitcode': Flags.boolean({description: 'exit 2 when there are changes'}),
    ...fleetFlags,
    ...outputFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Diff)
    const given = parseValues(flags)
    const env = listOf(flags.env)
    const {inDeploySession} = await import('../cli/deploy-session.ts')
    await inDeploySession(args.name, {
      flags: {...flags, env, given},
      options: {
        isLocalTreeAllowed: true,
        isOverrideAllowed: true,
        override: 'take-git',
        isRetry: true,
        isUnattended: false,
      },
      mode: {kind: 'preview', isDetailed: flags['detailed-exitcode']},
      message: undefined,
      detail: 'full',
    })
  }
}
