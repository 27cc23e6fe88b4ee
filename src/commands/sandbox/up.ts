import {Command, Flags} from '@oclif/core'

export default class SandboxUp extends Command {
  static override summary =
    'Start three Kubernetes clusters on this computer, or repair those that were started'

  static override flags = {
    charts: Flags.directory({
      summary: 'the charts repository to use; the example that comes with deploy, if not given',
      exists: true,
    }),
    force: Flags.boolean({summary: 'start even on what looks like a real deploy host'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxUp)
    const {sandboxUp} = await import('../../sandbox/up.ts')
    const {sandboxName} = await import('../../sandbox/names.ts')
    const name = sandboxName(process.env.DEPLOY_SANDBOX)
    await sandboxUp({
      name,
      env: process.env,
      chartsDir: flags.charts,
      force: flags.force,
      report: line => this.log(line),
    })
  }
}
