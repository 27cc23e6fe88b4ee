import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {stateValueFlags} from '../cli/flags.ts'
import {parseValues} from '../cli/typed-values.ts'
import {selectorFlag} from '../cli/read-session-flags.ts'
import {selectorsOf} from '../cli/selectors.ts'

export default class Shell extends BaseCommand {
  static override summary = "Open a shell, or run a command, in one of a service's pods"

  static override description = `Without POD it is a ready pod of the newest version; which one, it says
first. Everything behind -- is the command, sh when there is none. It runs
through kubectl exec with the deployers' kubeconfig; its exit code is the
command's own.`

  static override examples = [
    '<%= config.bin %> shell shop -e staging',
    '<%= config.bin %> shell shop -e eqiad -l name=canary',
    '<%= config.bin %> shell shop -e staging -- cat /etc/shop/config.yaml',
  ]

  static seeAlso = ['logs']

  static override args = {
    name: Args.string({description: 'a service, or GROUP/NAME where two groups have it'}),
    pod: Args.string({description: "a pod's name, or a part of it that only one has"}),
  }

  static override flags = {
    env: Flags.string({char: 'e', description: 'one environment', required: true}),
    selector: selectorFlag,
    container: Flags.string({char: 'c', description: 'another container of the pod', helpValue: 'NAME'}),
    ...stateValueFlags,
  }

  static override usage = 'shell [NAME] [POD] -e ENV [-l SELECTOR] [-c NAME] [-- COMMAND…]'

  async run(): Promise<void> {
    const end = this.argv.includes('--') ? this.argv.indexOf('--') : this.argv.length
    const command = this.argv.slice(end + 1)
    this.argv = this.argv.slice(0, end)
    const {args, flags} = await this.parse(Shell)
    const {runInPod} = await import('../cli/live-session-shell.ts')
    process.exitCode = await runInPod(flags, {
      name: args.name,
      environment: flags.env,
      selectors: selectorsOf(flags.selector),
      given: parseValues(flags),
      pod: args.pod,
      container: flags.container,
      command,
    })
  }
}
