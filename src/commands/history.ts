import {Args} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {stateValueFlags} from '../cli/flags.ts'
import {listOf, parseValues} from '../cli/typed-values.ts'
import {documentFlags, environmentsFlag} from '../cli/read-session-flags.ts'

export default class History extends BaseCommand {
  static override summary =
    'Show what was deployed and rolled back: when, by whom, which version, how it ended'

  static override description = `The runs that the clusters remember, newest first; times are UTC. Without
NAME it is the service whose directory you stand in, elsewhere every
service. With RUN (or its beginning) everything known of that run is
shown.
Needs no permission to read Secrets. Changes made with plain helmfile or
helm are not in it: helm history shows those.`

  static override examples = [
    '<%= config.bin %> history shop',
    '<%= config.bin %> history shop 20261121T101500-3f2a',
    '<%= config.bin %> history -e staging --json',
  ]

  static seeAlso = ['status', 'rollback']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
    run: Args.string({description: 'a run, as the list shows it'}),
  }

  static override flags = {
    env: environmentsFlag,
    ...stateValueFlags,
    ...documentFlags,
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(History)
    const {name, run} = namesOf(args)
    const [{historyOf, runOf}, {historyText}, {runText}, {listWidth}] = await Promise.all([
      import('../cli/read-session-history.ts'),
      import('../view/history-text.ts'),
      import('../view/history-run-text.ts'),
      import('../view/columns.ts'),
    ])
    const width = listWidth(process.stdout)
    const request = {name, environments: listOf(flags.env), given: parseValues(flags)}
    const isJson = flags.json || flags.output === 'json'
    if (run === undefined) {
      const {runs, problems} = await historyOf(flags, request)
      this.say(isJson ? {schema: 1, runs, problems} : historyText(runs, problems, width))
    } else {
      const {run: found, problems} = await runOf(flags, request, run)
      this.say(isJson ? {schema: 1, run: found, problems} : runText(found, problems, width))
    }
  }

  private say(result: string | object): void {
    this.log(typeof result === 'string' ? result.trimEnd() : JSON.stringify(result, undefined, 2))
  }
}

/** `deploy history RUN`: no service is called like a run. */
function namesOf({name, run}: {name: string | undefined; run: string | undefined}) {
  const isRun = run === undefined && name !== undefined && /^\d{8}T\d{6}/.test(name)
  return isRun ? {name: undefined, run: name} : {name, run}
}
