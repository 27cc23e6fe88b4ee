import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {valueFlags, versionFlags} from '../cli/flags.ts'
import {listOf, parseValues, parseVersion} from '../cli/typed-values.ts'
import {environmentsFlag, selectorFlag} from '../cli/read-session-flags.ts'
import {selectorsOf} from '../cli/selectors.ts'
import {DeployError} from '../errors.ts'

export default class Render extends BaseCommand {
  static override summary = "Print a service's manifests as helm would store them"

  static override description = `The objects of every release, with a comment that says which. Values of
Secrets are hidden, wherever they stand. Without NAME it is the service
whose directory you stand in. With --all, what cannot be rendered is told
at the end.`

  static override examples = [
    '<%= config.bin %> render shop -e staging',
    '<%= config.bin %> render shop -e eqiad -l name=canary --version 2026-10-12-094512-production',
    '<%= config.bin %> render --all --output-dir manifests',
  ]

  static seeAlso = ['diff']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
  }

  static override flags = {
    env: environmentsFlag,
    selector: selectorFlag,
    ...versionFlags,
    ...valueFlags,
    all: Flags.boolean({description: 'every service of the charts repository', exclusive: ['version']}),
    'output-dir': Flags.string({
      description: 'write DIR/SERVICE/ENVIRONMENT/RELEASE.yaml instead',
      helpValue: 'DIR',
    }),
    'show-secrets': Flags.boolean({description: 'show values of Secrets; files are for you alone then'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Render)
    if (flags.all && args.name !== undefined) {
      throw new DeployError(
        'usage',
        `render ${args.name} and all services: only one of the two can be meant.`,
      )
    }
    const version = parseVersion(flags.version)
    const given = parseValues(flags)
    const {renderServices} = await import('../cli/read-session-render.ts')
    await renderServices(flags, {
      name: args.name,
      isAll: flags.all,
      environments: listOf(flags.env),
      selectors: selectorsOf(flags.selector),
      version,
      given,
      showsSecrets: flags['show-secrets'],
      outputDirectory: flags['output-dir'],
    })
  }
}
