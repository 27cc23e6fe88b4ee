import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'
import {DeployError} from '../../errors.ts'
import {stateValueFlags} from '../../cli/flags.ts'
import {listOf, parseValues, parseVersion} from '../../cli/typed-values.ts'
import {environmentsFlag, selectorFlag} from '../../cli/read-session-flags.ts'
import {selectorsOf} from '../../cli/selectors.ts'

export default class VersionSet extends BaseCommand {
  static override summary = 'Write a version into the values of a service, so that git holds it'

  static override description = `The place is found and proven by rendering, as with --version. One value is
changed and every other letter of the file stays. The difference is shown, and
written after a question or with --yes; committing it is yours.

It writes where a file of the service's own decides the version for exactly
what was asked. Links, aliases, helmfiles and files outside the repository are
named and left alone.`

  static override examples = [
    '<%= config.bin %> version set shop 2026-11-20-093000-production',
    '<%= config.bin %> version set pages annual=2026-11-20-093000 -l name=annual --yes',
  ]

  static seeAlso = ['version get', 'service']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
    version: Args.string({description: 'TAG, or RELEASE=TAG for one release'}),
  }

  static override flags = {
    env: environmentsFlag,
    selector: selectorFlag,
    ...stateValueFlags,
    yes: Flags.boolean({char: 'y', description: 'do not ask'}),
  }

  static exits = ['declined']

  async run(): Promise<void> {
    const {args, flags} = await this.parse(VersionSet)
    // Inside a service's directory one word is enough.
    const [name, text] = args.version === undefined ? [undefined, args.name] : [args.name, args.version]
    if (text === undefined) throw missingTag()
    const version = parseVersion([text])
    const {setVersion} = await import('../../cli/version-session.ts')
    const asked = {
      name,
      environments: listOf(flags.env),
      selectors: selectorsOf(flags.selector),
      given: parseValues(flags),
    }
    this.log(await setVersion(flags, asked, version, line => this.log(line)))
  }
}

function missingTag(): DeployError {
  return new DeployError('usage', 'write a version: neither a service nor a version was named.', {
    hint: 'Use deploy version set NAME TAG; deploy version get NAME shows what git holds.',
  })
}
