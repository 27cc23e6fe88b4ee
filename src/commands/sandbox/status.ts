import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'

export default class SandboxStatus extends BaseCommand {
  static override summary = 'Show the clusters of the sandbox: where they answer, what runs'

  static override examples = ['<%= config.bin %> sandbox status', '<%= config.bin %> sandbox status --json']

  static seeAlso = ['sandbox up', 'sandbox.md']

  static override flags = {
    json: Flags.boolean({description: 'one result document'}),
    output: Flags.string({
      char: 'o',
      description: 'json is the same as --json',
      options: ['json', 'text'],
      default: 'text',
    }),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxStatus)
    const {sandboxName} = await import('../../sandbox/names.ts')
    const {sandboxStatus} = await import('../../sandbox/status.ts')
    const {statusText} = await import('../../sandbox/status-text.ts')
    const status = await sandboxStatus(sandboxName(process.env.DEPLOY_SANDBOX), process.env)
    const isJson = flags.json || flags.output === 'json'
    this.log(isJson ? JSON.stringify({schema: 1, ...status}, undefined, 2) : statusText(status))
  }
}
