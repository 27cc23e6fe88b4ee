import {Args} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.ts'

export default class SandboxPush extends BaseCommand {
  static override summary = "Put an image into the sandbox's registry, as a CI would"
  static override description =
    'A tag that holds -crash, -oom, -unpullable, -never-ready, -slow or -missing-secret fails on the nodes.'
  static override examples = ['<%= config.bin %> sandbox push wikimedia/shop:2026-11-22-090000-crash']

  static seeAlso = ['sandbox up', 'sandbox.md']

  static override args = {
    image: Args.string({description: 'NAME:TAG, without a registry', required: true}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(SandboxPush)
    const {pushToSandbox} = await import('../../sandbox/registry.ts')
    const {sandboxName} = await import('../../sandbox/names.ts')
    const digest = await pushToSandbox(sandboxName(process.env.DEPLOY_SANDBOX), process.env, args.image)
    this.log(`pushed ${args.image}, ${digest}`)
  }
}
