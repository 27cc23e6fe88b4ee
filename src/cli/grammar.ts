import type {Config} from '@oclif/core'
import type {Grammar} from '../completion/grammar.ts'

/** The commands as they declare themselves in oclif's manifest. */
export function grammarOf(config: Config): Grammar {
  const help = {
    words: ['help'],
    summary: 'Show the manual of a command',
    args: ['command'],
    isVariadic: false,
    flags: [],
  }
  const commands = config.commands
    .filter(command => !command.hidden)
    .map(command => ({
      words: command.id.split(':'),
      summary: command.summary ?? '',
      args: Object.keys(command.args),
      isVariadic: command.strict === false || Object.values(command.args).some(arg => arg.multiple === true),
      flags: Object.values(command.flags)
        .filter(flag => !flag.hidden)
        .map(flag => ({
          name: flag.name,
          char: flag.char,
          summary: flag.summary ?? flag.description ?? '',
          takesValue: flag.type === 'option',
          isRepeatable: flag.type === 'option' && flag.multiple === true,
          hasOpposite: flag.type === 'boolean' && flag.allowNo === true,
          options: (flag.type === 'option' ? flag.options : undefined) ?? [],
        })),
    }))
  return [...commands, help]
}
