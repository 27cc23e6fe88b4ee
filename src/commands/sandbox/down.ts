import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'

export default class SandboxDown extends BaseCommand {
  static override summary = 'End the sandbox: exactly the processes it started'

  static override examples = ['<%= config.bin %> sandbox down', '<%= config.bin %> sandbox down --purge']

  static seeAlso = ['sandbox up', 'sandbox.md']

  static override flags = {
    purge: Flags.boolean({description: 'also remove everything it holds (the built tools stay)'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxDown)
    const {sandboxDown} = await import('../../sandbox/down.ts')
    const {sandboxName} = await import('../../sandbox/names.ts')
    const name = sandboxName(process.env.DEPLOY_SANDBOX)
    const report = (line: string) => this.log(line)
    await sandboxDown({name, env: process.env, purge: flags.purge, report})
  }
}
