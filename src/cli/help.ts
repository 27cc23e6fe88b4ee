import {join} from 'node:path'
import type {Command, Config} from '@oclif/core'
import {nearest} from '../charts/nearest.ts'
import {DeployError} from '../errors.ts'
import type {ExitKind} from '../exit-codes.ts'
import {usableWidth} from '../view/layout.ts'
import type {Manual, ManualExample, ManualFlag, ManualStyle} from '../view/manual.ts'
import {manualPage} from '../view/manual-page.ts'
import {rootPage, topicPage} from '../view/manual-root.ts'

/**
 * The page that is asked for.
 * @throws DeployError `usage` for a word that is no command
 */
export function helpText(argv: readonly string[], config: Config): string {
  const manuals = config.commands.filter(command => !command.hidden).map(manualOf)
  const style = styleOf(config)
  const isAsked = argv[0] === 'help'
  const words = (isAsked ? argv.slice(1) : argv).filter(word => !word.startsWith('-'))
  const [first] = words
  if (first === undefined) return rootPage(manuals, config.userAgent, style)
  const fitting = manuals.filter(manual => manual.words.every((word, index) => word === words[index]))
  const manual = fitting.toSorted((a, b) => b.words.length - a.words.length)[0]
  if (manual !== undefined) return manualPage(manual, style)
  const topic = manuals.filter(one => one.words[0] === first)
  if (topic.length > 0) return topicPage(first, topicSummary(first, config), topic, style)
  const service = manuals.find(one => one.words.join() === 'service')
  // `deploy shop --help` is about `deploy service`.
  if (!isAsked && service !== undefined) return manualPage(service, style)
  throw unknownPage(first, manuals)
}

function unknownPage(word: string, manuals: readonly Manual[]): DeployError {
  const close = nearest(word, [...new Set(manuals.flatMap(manual => manual.words[0] ?? []))])
  return new DeployError('usage', `show the manual of ${word}: there is no such command.`, {
    hint: close === undefined ? 'deploy help lists the commands.' : `Did you mean deploy help ${close}?`,
  })
}

function topicSummary(name: string, config: Config): string {
  return config.topics.find(topic => topic.name === name)?.description ?? ''
}

function styleOf(config: Config): ManualStyle {
  const isPlain =
    !process.stdout.isTTY || Boolean(process.env.NO_COLOR) || Boolean(process.env.DEPLOY_NO_COLOR)
  return {
    columns: usableWidth(process.stdout.columns),
    heading: text => (isPlain ? text : `\u001b[1m${text}\u001b[22m`),
    docs: join(config.root, 'docs'),
  }
}

// What a command declares beside what oclif knows; the manifest keeps it.
type Declared = Command.Loadable & {exits?: readonly ExitKind[]; seeAlso?: readonly string[]}

function manualOf(command: Declared): Manual {
  return {
    words: command.id.split(':'),
    summary: filled(command.summary ?? ''),
    description: command.description === undefined ? undefined : filled(command.description),
    usage: [command.usage ?? []].flat().map(filled),
    args: Object.values(command.args)
      .filter(arg => !arg.hidden)
      .map(arg => ({
        name: arg.name,
        about: arg.description ?? '',
        isRequired: arg.required ?? false,
        options: arg.options ?? [],
      })),
    isVariadic: command.strict === false,
    flags: Object.values(command.flags)
      .filter(flag => !flag.hidden)
      .map(flagOf),
    examples: (command.examples ?? []).map(exampleOf),
    exits: command.exits ?? [],
    seeAlso: command.seeAlso ?? [],
  }
}

function flagOf(flag: Command.Flag.Cached): ManualFlag {
  const isOption = flag.type === 'option'
  const options = (isOption ? flag.options : undefined) ?? []
  return {
    name: flag.name,
    char: flag.char,
    about: flag.summary ?? flag.description ?? '',
    value: isOption ? (valueOf(flag) ?? options.join('|') ?? flag.name) : undefined,
    isRequired: flag.required ?? false,
    isRepeatable: isOption && flag.multiple === true,
    hasOpposite: flag.type === 'boolean' && flag.allowNo === true,
    options,
    default: isOption ? defaultOf(flag.default) : undefined,
    env: flag.env,
    group: flag.helpGroup,
  }
}

function valueOf(flag: Command.Flag.Cached & {type: 'option'}): string | undefined {
  if (flag.helpValue !== undefined) return [flag.helpValue].flat().join(' ')
  return (flag.options ?? []).length > 0 ? flag.options?.join('|') : flag.name.toUpperCase()
}

function defaultOf(value: unknown): string | undefined {
  const values = [value].flat().filter(one => typeof one === 'string' || typeof one === 'number')
  return values.join(', ') || undefined
}

function exampleOf(example: Command.Example): ManualExample {
  return typeof example === 'string'
    ? {command: filled(example), about: undefined}
    : {command: filled(example.command), about: filled(example.description)}
}

// oclif's templates; ours only ever name the program.
function filled(text: string): string {
  return text.replaceAll('<%= config.bin %>', 'deploy')
}
