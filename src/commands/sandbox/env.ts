import {BaseCommand} from '../../cli/base-command.ts'

export default class SandboxEnv extends BaseCommand {
  static override summary = "Print what makes a shell stand on the sandbox's deploy host"
  static override examples = ['eval "$(<%= config.bin %> sandbox env)"']

  static seeAlso = ['sandbox up', 'sandbox.md']

  async run(): Promise<void> {
    await this.parse(SandboxEnv)
    const {sandboxName} = await import('../../sandbox/names.ts')
    const {sandboxPaths} = await import('../../sandbox/paths.ts')
    const {shellEnvText} = await import('../../sandbox/shell-env.ts')
    const name = sandboxName(process.env.DEPLOY_SANDBOX)
    process.stdout.write(shellEnvText(sandboxPaths(name, process.env)))
  }
}
