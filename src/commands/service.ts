import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {
  carryOutFlags,
  decisionFlags,
  listOf,
  outputFlags,
  parseValues,
  parseVersion,
  targetFlags,
  unfinishedFlags,
  valueFlags,
  versionFlags,
} from '../cli/flags.ts'

export default class Service extends BaseCommand {
  static override summary =
    'Deploy a service: preview, ask, change, watch, and put everything back when the version is bad'

  static override description =
    `The service is found in helmfile.d; without NAME it is the one whose directory you stand in.
'deploy NAME …' is the same as 'deploy service NAME …'.

Staging comes first, then the canaries of every production environment, then the rest, environment by environment.
On a terminal it asks once after the preview, and again before production. Without a terminal it needs --yes.`

  static override examples = [
    '<%= config.bin %> shop -e staging',
    '<%= config.bin %> service shop -e eqiad --version 2026-10-12-094512-production',
    '<%= config.bin %> shop -e all --yes -m "T123456: new checkout"',
  ]

  static seeAlso = ['diff', 'rollback', 'status', 'rollout.md', 'by-hand.md', 'ci.md', 'exit-codes.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    ...targetFlags,
    ...versionFlags,
    ...valueFlags,
    ...carryOutFlags,
    override: Flags.boolean({
      description: 'allow a version in production that git does not hold, with --yes',
    }),
    ...decisionFlags,
    ...unfinishedFlags,
    ...outputFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Service)
    const version = parseVersion(flags.version)
    const given = parseValues(flags)
    const [{inSession}, {deploy}, {consentOf, runModeOf}] = await Promise.all([
      import('../cli/session.ts'),
      import('../flow/deploy.ts'),
      import('../cli/consent.ts'),
    ])
    const env = listOf(flags.env)
    const consent = consentOf(flags)
    await inSession(
      {...flags, env, given},
      args.name,
      {
        isLocalTreeAllowed: flags['local-tree'],
        isOverrideAllowed: flags.override,
        override: overrideOf(flags),
        isRetry: flags.retry,
        isUnattended: consent !== 'ask',
      },
      'short',
      world =>
        deploy(
          {
            kind: 'deploy',
            services: [world.service.name],
            environments: env,
            version,
            selectors: flags.selector,
            message: flags.message,
          },
          runModeOf(flags, consent),
          flags.context,
          world,
        ),
    )
  }
}

function overrideOf(flags: {'take-git': boolean; 'keep-override': boolean}): 'decide' | 'take-git' | 'keep' {
  if (flags['take-git']) return 'take-git'
  return flags['keep-override'] ? 'keep' : 'decide'
}
