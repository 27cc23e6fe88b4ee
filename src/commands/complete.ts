import {Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'

export default class Complete extends BaseCommand {
  static override hidden = true
  static override strict = false
  static override summary = 'Print what a command line may go on with: what the shells ask at the Tab key'
  static override args = {}

  static override flags = {
    line: Flags.string({description: 'the line up to the cursor, for a shell that cannot tell its words'}),
    breaks: Flags.string({description: 'letters at which the shell takes words apart', default: ''}),
    about: Flags.boolean({description: 'after a tab, what each word means'}),
  }

  /** Somebody is in the middle of typing: whatever goes wrong, nothing is said. */
  protected override async catch(): Promise<never> {
    process.exit(0)
  }

  async run(): Promise<void> {
    const {argv, flags} = await this.parse(Complete)
    const [{complete}, {completionText, wordsOf}] = await Promise.all([
      import('../cli/complete-line.ts'),
      import('../cli/completion-text.ts'),
    ])
    const words = wordsOf(flags.line, argv as string[])
    process.stdout.write(completionText(await complete(words.slice(1), this.config), words, flags))
    // Whatever still waits for a slow cluster, the shell does not.
    process.exit(0)
  }
}
