import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {
  carryOutFlags,
  decisionFlags,
  fleetFlags,
  outputFlags,
  targetFlags,
  unfinishedFlags,
  valueFlags,
  versionFlags,
} from '../cli/flags.ts'
import {listOf, parseValues} from '../cli/typed-values.ts'

export default class Service extends BaseCommand {
  static override summary =
    'Deploy a service: preview, ask, change, watch, and put everything back when the version is bad'

  static override description =
    `The service is found in helmfile.d; without NAME it is the one whose directory you stand in.
'deploy NAME …' is the same as 'deploy service NAME …'.

Several names, patterns ('mw-*') or @GROUPs of the configuration are one run: one preview, one question, all of staging
before any production, each service its own transaction.

Staging comes first, then the canaries of every production environment, then the rest, environment by environment.
On a terminal it asks once after the preview, and again before production. Without a terminal it needs --yes.`

  static override examples = [
    '<%= config.bin %> shop -e staging',
    '<%= config.bin %> service shop -e eqiad --version 2026-10-12-094512-production',
    '<%= config.bin %> shop -e all --yes -m "T123456: new checkout"',
    '<%= config.bin %> shop -e eqiad --restart',
    "<%= config.bin %> shop@2026-10-12-094512-production 'mw-*' -e all",
  ]

  static seeAlso = [
    'diff',
    'rollback',
    'status',
    'many-services.md',
    'rollout.md',
    'by-hand.md',
    'ci.md',
    'exit-codes.md',
  ]

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
    ...carryOutFlags,
    override: Flags.boolean({
      description: 'allow a version in production that git does not hold, with --yes',
    }),
    restart: Flags.boolean({
      description: 'start all pods anew, and refuse to change anything else (roll_restart)',
      exclusive: ['version', 'set', 'state-values-set', 'state-values-set-string'],
    }),
    'no-rollback': Flags.boolean({
      description: 'leave a version that fails as it is, to look at it; deploy abort undoes it',
    }),
    ...decisionFlags,
    ...unfinishedFlags,
    ...fleetFlags,
    together: Flags.boolean({
      description: 'one transaction: what fails takes the others back with it, in staging or in production',
      exclusive: ['no-rollback'],
      helpGroup: 'SEVERAL SERVICES',
    }),
    ...outputFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Service)
    const given = parseValues(flags)
    const env = listOf(flags.env)
    const [{inDeploySession}, {consentOf, runModeOf}] = await Promise.all([
      import('../cli/deploy-session.ts'),
      import('../cli/consent.ts'),
    ])
    const consent = consentOf(flags)
    await inDeploySession(args.name, {
      flags: {...flags, env, given},
      options: {
        isLocalTreeAllowed: flags['local-tree'],
        isOverrideAllowed: flags.override,
        override: overrideOf(flags),
        isRetry: flags.retry,
        isUnattended: consent !== 'ask',
        ...(flags.restart ? {isRestart: true as const} : {}),
        ...(flags['no-rollback'] ? {onFailure: 'leave' as const} : {}),
      },
      mode: runModeOf(flags, consent),
      message: flags.message,
      detail: 'short',
    })
  }
}

function overrideOf(flags: {'take-git': boolean; 'keep-override': boolean}): 'decide' | 'take-git' | 'keep' {
  if (flags['take-git']) return 'take-git'
  return flags['keep-override'] ? 'keep' : 'decide'
}
