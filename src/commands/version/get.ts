import {Args} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'
import {stateValueFlags} from '../../cli/flags.ts'
import {listOf, parseValues} from '../../cli/typed-values.ts'
import {documentFlags, environmentsFlag, selectorFlag} from '../../cli/read-session-flags.ts'
import {selectorsOf} from '../../cli/selectors.ts'

export default class VersionGet extends BaseCommand {
  static override summary = 'Show the version that git gives each release, and the file it stands in'

  static override examples = [
    '<%= config.bin %> version get shop',
    '<%= config.bin %> version get shop -e eqiad',
    '<%= config.bin %> version get shop --json',
  ]

  static seeAlso = ['version set', 'status']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    env: environmentsFlag,
    selector: selectorFlag,
    ...stateValueFlags,
    ...documentFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(VersionGet)
    const [{versionsOf}, {versionsText}, {listWidth}] = await Promise.all([
      import('../../cli/version-session.ts'),
      import('../../view/versions-text.ts'),
      import('../../view/columns.ts'),
    ])
    const asked = {
      name: args.name,
      environments: listOf(flags.env),
      selectors: selectorsOf(flags.selector),
      given: parseValues(flags),
    }
    const versions = await versionsOf(flags, asked)
    const isJson = flags.json || flags.output === 'json'
    this.log(
      isJson
        ? JSON.stringify({schema: 1, versions}, undefined, 2)
        : versionsText(versions, listWidth(process.stdout)),
    )
  }
}
