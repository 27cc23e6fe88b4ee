import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {
  listOf,
  outputFlags,
  parseValues,
  parseVersion,
  targetFlags,
  valueFlags,
  versionFlags,
} from '../cli/flags.ts'

export default class Diff extends BaseCommand {
  static override summary = 'Show what a deployment would change, and change nothing'

  static override examples = [
    '<%= config.bin %> diff shop -e staging',
    '<%= config.bin %> diff shop -e all --detailed-exitcode',
  ]

  static seeAlso = ['service', 'render', 'json-output.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    ...targetFlags,
    ...versionFlags,
    ...valueFlags,
    'detailed-exitcode': Flags.boolean({description: 'exit 2 when there are changes'}),
    ...outputFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Diff)
    const version = parseVersion(flags.version)
    const given = parseValues(flags)
    const [{inSession}, {deploy}] = await Promise.all([
      import('../cli/session.ts'),
      import('../flow/deploy.ts'),
    ])
    const env = listOf(flags.env)
    await inSession(
      {...flags, env, given},
      args.name,
      {
        isLocalTreeAllowed: true,
        isOverrideAllowed: true,
        override: 'take-git',
        isRetry: true,
        isUnattended: false,
      },
      'full',
      world =>
        deploy(
          {
            kind: 'deploy',
            services: [world.service.name],
            environments: env,
            version,
            selectors: flags.selector,
            message: undefined,
          },
          {kind: 'preview', isDetailed: flags['detailed-exitcode']},
          flags.context,
          world,
        ),
    )
  }
}
