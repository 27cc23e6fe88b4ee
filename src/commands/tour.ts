import {BaseCommand} from '../cli/base-command.ts'

export default class Tour extends BaseCommand {
  static override summary =
    'Show the main job on the sandbox: staging, production with a canary, a version that crashes'

  static override description = 'This is what npm start runs. It leaves the sandbox running.'

  static override examples = ['<%= config.bin %> tour']

  static seeAlso = ['sandbox up', 'sandbox.md']

  async run(): Promise<void> {
    await this.parse(Tour)
    const [{tour}, {sandboxName}] = await Promise.all([
      import('../tour/tour.ts'),
      import('../sandbox/names.ts'),
    ])
    await tour(sandboxName(process.env.DEPLOY_SANDBOX), Date.now(), line => this.log(line))
  }
}
