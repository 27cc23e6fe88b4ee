import {Args} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'

export default class Completion extends BaseCommand {
  static override summary = 'Print what lets the Tab key of a shell complete deploy, live names included'

  static override description = `Commands and flags; services and their environments and releases, from the
charts repository that a run would use; the versions that git holds; the runs
that rollback --to may go back before, from the clusters.

For one shell, type the first example (or the same with zsh), or put it into
~/.bashrc. For everyone on a host, write what it prints into
/etc/bash_completion.d/deploy.`

  static override examples = [
    'eval "$(<%= config.bin %> completion bash)"',
    '<%= config.bin %> completion fish > ~/.config/fish/completions/deploy.fish',
  ]

  static seeAlso = ['configuration.md']

  static override args = {
    shell: Args.string({description: 'the shell', options: ['bash', 'zsh', 'fish'], required: true}),
  }

  async run(): Promise<void> {
    const {args} = await this.parse(Completion)
    const [{readFile}, {join}, {PACKAGE_ROOT}] = await Promise.all([
      import('node:fs/promises'),
      import('node:path'),
      import('../sandbox/paths.ts'),
    ])
    this.log((await readFile(join(PACKAGE_ROOT, 'completions', `deploy.${args.shell}`), 'utf8')).trimEnd())
  }
}
