import {Command, Flags} from '@oclif/core'

export default class SandboxDown extends Command {
  static override summary = 'End the sandbox: exactly the processes it started'

  static override flags = {
    purge: Flags.boolean({summary: 'remove everything the sandbox holds as well (the built tools stay)'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxDown)
    const {sandboxDown} = await import('../../sandbox/down.ts')
    const {sandboxName} = await import('../../sandbox/names.ts')
    const name = sandboxName(process.env.DEPLOY_SANDBOX)
    await sandboxDown({name, env: process.env, purge: flags.purge, report: line => this.log(line)})
  }
}
