import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {stateValueFlags} from '../cli/flags.ts'
import {listOf, parseValues} from '../cli/typed-values.ts'
import {documentFlags, environmentsFlag} from '../cli/read-session-flags.ts'

export default class Status extends BaseCommand {
  static override summary = 'Show what runs where, since when, and who deployed it'

  static override description = `Of a service that is named it also says which pods are not ready, and why.`

  static override examples = [
    '<%= config.bin %> status shop',
    '<%= config.bin %> status',
    '<%= config.bin %> status --pending',
    '<%= config.bin %> status shop -e eqiad --json',
  ]

  static seeAlso = ['history', 'service']

  static override args = {name: Args.string({description: 'a service; all of them when none is named'})}

  static override flags = {
    env: environmentsFlag,
    pending: Flags.boolean({
      description:
        'beside it what git says: what is merged and not deployed (of all services only what is not as in git)',
    }),
    ...stateValueFlags,
    ...documentFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Status)
    const [{statusOf}, {pendingText, statusText}, {listWidth}] = await Promise.all([
      import('../cli/status-session.ts'),
      import('../view/status-text.ts'),
      import('../view/columns.ts'),
    ])
    const request = {name: args.name, environments: listOf(flags.env), given: parseValues(flags)}
    const services = await statusOf(flags, request, flags.pending)
    const isJson = flags.json || flags.output === 'json'
    const toText = flags.pending && args.name === undefined ? pendingText : statusText
    this.log(
      isJson
        ? JSON.stringify({schema: 1, services}, undefined, 2)
        : toText(services, Date.now(), listWidth(process.stdout)).trimEnd(),
    )
  }
}
