import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {
  carryOutFlags,
  decisionFlags,
  outputFlags,
  stateValueFlags,
  targetFlags,
  unfinishedFlags,
} from '../cli/flags.ts'
import {listOf, parseRollbackTarget, parseValues} from '../cli/typed-values.ts'
import {selectorsOf} from '../cli/selectors.ts'

export default class Rollback extends BaseCommand {
  static override summary = 'Bring a service back to the last good state before its newest change'

  static override description =
    `The newest run that changed what runs is undone, in every release that it changed: image, chart, configuration and Secrets. Typed
again it goes one good state further back. What was rolled back or never healthy is no good state: --to goes there all the same.
The preview shows what else returns, and what git goes on naming: the next deploy asks before it brings that back.

With --image-only chart, configuration and Secrets do not return: git's charts and values are deployed as they are, with
the image of that state. That is an override until git names it, or another version.`

  static override examples = [
    '<%= config.bin %> rollback shop -e eqiad',
    '<%= config.bin %> rollback shop -e eqiad --image-only',
    '<%= config.bin %> rollback shop -e production --to 20261121T101500-3f2a --yes',
  ]

  static seeAlso = ['history', 'status', 'troubleshooting.md']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    ...targetFlags,
    ...stateValueFlags,
    to: Flags.string({
      description: 'before this run, or a revision with one release selected',
      helpValue: 'RUN',
    }),
    'image-only': Flags.boolean({
      description: "git's charts and values as they are, with the image of that state",
    }),
    ...carryOutFlags,
    ...unfinishedFlags,
    retry: decisionFlags.retry,
    ...outputFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Rollback)
    const given = parseValues(flags)
    const target = parseRollbackTarget(flags.to, selectorsOf(flags.selector))
    const [{inSession}, {rollback}, {consentOf, goingBackOptions, runModeOf}] = await Promise.all([
      import('../cli/session.ts'),
      import('../flow/rollback.ts'),
      import('../cli/consent.ts'),
    ])
    const env = listOf(flags.env)
    const consent = consentOf(flags)
    const session = {...flags, env, given, verb: 'rollback'} as const
    const detail = flags['dry-run'] ? 'full' : 'short'
    await inSession(session, args.name, goingBackOptions(consent, flags), detail, world =>
      rollback(
        {
          kind: 'rollback',
          services: [world.service.name],
          environments: env,
          target,
          scope: flags['image-only'] ? 'image' : 'everything',
          selectors: selectorsOf(flags.selector),
          message: flags.message,
        },
        runModeOf(flags, consent),
        flags.context,
        world,
      ),
    )
  }
}
