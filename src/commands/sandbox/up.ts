import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'

export default class SandboxUp extends BaseCommand {
  static override summary =
    'Start three Kubernetes clusters on this computer, or repair those that were started'
  static override description =
    'The clusters staging, eqiad and codfw have simulated nodes, or real ones, and the permissions of real clusters. DEPLOY_SANDBOX names ' +
    'another sandbox than the one called default; several can be up at once.'
  static override examples = [
    '<%= config.bin %> sandbox up',
    '<%= config.bin %> sandbox up --charts ~/deployment-charts',
    'DEPLOY_SANDBOX=real <%= config.bin %> sandbox up --nodes real',
  ]

  static seeAlso = ['sandbox down', 'sandbox env', 'sandbox.md']

  static override flags = {
    charts: Flags.directory({
      description: 'the charts repository (default: the example that comes with deploy)',
      exists: true,
    }),
    nodes: Flags.custom<'simulated' | 'real'>({
      description:
        'simulated, or real: kubelet, containerd and runc on a node for each cluster (root on Linux; said once, when a ' +
        'sandbox is made)',
      options: ['simulated', 'real'],
    })(),
    force: Flags.boolean({description: 'start even on what looks like a real deploy host'}),
  }

  async run(): Promise<void> {
    const {flags} = await this.parse(SandboxUp)
    const {sandboxName} = await import('../../sandbox/names.ts')
    const {sandboxUp} = await import('../../sandbox/up.ts')
    const name = sandboxName(process.env.DEPLOY_SANDBOX)
    const {charts: chartsDir, force, nodes} = flags
    const report = (line: string) => this.log(line)
    await sandboxUp({name, env: process.env, chartsDir, force, nodes, report})
  }
}
