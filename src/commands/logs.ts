import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {stateValueFlags} from '../cli/flags.ts'
import {listOf, parseValues} from '../cli/typed-values.ts'
import {documentFlags, requiredEnvironmentsFlag, selectorFlag} from '../cli/read-session-flags.ts'
import {selectorsOf} from '../cli/selectors.ts'

export default class Logs extends BaseCommand {
  static override summary = "Show what a service's pods print, the one most in trouble first"

  static override description = `The pods of the newest version are read, and of each the container that is
in trouble, else its main one. Lines of several pods begin with the pod's
name; what is wrong with a pod is said on stderr. Values of Secrets are
hidden.
With --json each line is an object of its own, and so is what is said of a
pod.
With -f also pods that a rollout brings and containers that start again
are followed, until Ctrl-C.`

  static override examples = [
    '<%= config.bin %> logs shop -e staging',
    '<%= config.bin %> logs shop -e eqiad -l name=canary -f',
    '<%= config.bin %> logs shop -e eqiad --json -f | jq -r \'select(.kind == "line").text\'',
    '<%= config.bin %> logs shop -e eqiad shop-main-7d9f4c6b8-x2x4z --previous',
  ]

  static seeAlso = ['shell', 'status', 'json-output.md']

  protected override readonly isLineByLine = true

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
    pod: Args.string({description: "a pod's name, or a part of it that only one has"}),
  }

  static override flags = {
    env: requiredEnvironmentsFlag,
    selector: selectorFlag,
    container: Flags.string({char: 'c', description: 'another container of the pods', helpValue: 'NAME'}),
    previous: Flags.boolean({
      char: 'p',
      description: 'what the instance before the running one printed: why it crashed',
      exclusive: ['follow'],
    }),
    tail: Flags.integer({description: 'the last lines of each pod', default: 25, min: 0, helpValue: 'LINES'}),
    follow: Flags.boolean({char: 'f', description: 'go on as more is printed'}),
    ...stateValueFlags,
    ...documentFlags,
    json: Flags.boolean({description: 'one JSON object a line'}),
  }

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Logs)
    const {printLogs} = await import('../cli/live-session-logs.ts')
    await printLogs(flags, {
      name: args.name,
      environments: listOf(flags.env),
      given: parseValues(flags),
      selectors: selectorsOf(flags.selector),
      pod: args.pod,
      container: flags.container,
      isPrevious: flags.previous,
      isFollowing: flags.follow,
      lines: flags.tail,
      isJson: flags.json || flags.output === 'json',
    })
  }
}
