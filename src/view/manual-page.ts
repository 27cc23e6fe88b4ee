import {
  FILES,
  exitsOf,
  type Manual,
  type ManualArg,
  type ManualExample,
  type ManualFlag,
  type ManualStyle,
  variablesOf,
} from './manual.ts'
import {command, exitCodes, part, prose, terms} from './manual-parts.ts'

/** The manual page of one command, as `deploy help COMMAND` shows it. */
export function manualPage(manual: Manual, style: ManualStyle): string {
  const name = ['deploy', ...manual.words].join(' ')
  const exits = exitsOf(manual)
  const lines = [
    ...part('NAME', prose(`${name} - ${lowerFirst(manual.summary)}`, style), style),
    ...part(
      'SYNOPSIS',
      synopses(manual).flatMap(line => command(line, style)),
      style,
    ),
    ...part('DESCRIPTION', manual.description === undefined ? [] : prose(manual.description, style), style),
    ...part('EXAMPLES', examples(manual.examples, style), style),
    ...part('ARGUMENTS', terms(manual.args.map(argRow), style), style),
    ...flagGroups(manual.flags).flatMap(([group, flags]) =>
      part(group, terms(flags.map(flagRow), style), style),
    ),
    ...part('EXIT CODES', exitCodes(exits, style), style),
    ...part('ENVIRONMENT', terms(variablesOf(manual.flags, exits), style), style),
    ...part('FILES', terms(FILES, style), style),
    ...part('SEE ALSO', prose(seeAlso(manual, style), style), style),
  ]
  return lines.join('\n')
}

function synopses({words, usage, args, isVariadic, flags}: Manual): readonly string[] {
  if (usage.length > 0) return usage.map(line => `deploy ${line}`)
  const names = args.map(arg => {
    const name = arg.name.toUpperCase() + (isVariadic ? '…' : '')
    return arg.isRequired ? name : `[${name}]`
  })
  const required = flags.filter(flag => flag.isRequired).map(flag => `${shortest(flag)} ${flag.value ?? ''}`)
  const isOptional = flags.some(flag => !flag.isRequired)
  return [['deploy', ...words, ...names, ...required, ...(isOptional ? ['[FLAGS]'] : [])].join(' ')]
}

function shortest({char, name}: ManualFlag): string {
  return char === undefined ? `--${name}` : `-${char}`
}

function examples(written: readonly ManualExample[], style: ManualStyle): string[] {
  return written.flatMap(({command: line, about}) =>
    about === undefined
      ? command(line, style)
      : [...prose(`${about}:`, style), ...command(line, style).map(each => `  ${each}`)],
  )
}

function argRow({name, about, options}: ManualArg): [string, string] {
  return [name.toUpperCase(), options.length === 0 ? about : `${about}: ${options.join(', ')}`]
}

function flagRow(flag: ManualFlag): [string, string] {
  const {char, name, value, hasOpposite, about, options} = flag
  const long = `--${hasOpposite ? '[no-]' : ''}${name}${value === undefined ? '' : ` ${value}`}`
  const notes = [
    ...(options.length > 0 && value !== options.join('|') ? [options.join(', ')] : []),
    ...(flag.isRepeatable && !about.includes('comma') ? ['repeatable'] : []),
    ...(flag.default === undefined || about.includes('default') ? [] : [`default ${flag.default}`]),
  ]
  return [
    `${char === undefined ? '    ' : `-${char}, `}${long}`,
    notes.length === 0 ? about : `${about} (${notes.join('; ')})`,
  ]
}

/** Flags without a group first, those of every command last. */
function flagGroups(flags: readonly ManualFlag[]): [string, ManualFlag[]][] {
  const groups = Map.groupBy(flags, flag => (flag.group === undefined ? 'FLAGS' : `${flag.group} FLAGS`))
  const isLast = (title: string) => (title === 'GLOBAL FLAGS' ? 1 : 0)
  return [...groups].toSorted(([a], [b]) => isLast(a) - isLast(b))
}

function seeAlso({seeAlso: written}: Manual, {docs}: ManualStyle): string {
  const pages = written.map(one => (one.endsWith('.md') ? `${docs}/${one}` : `deploy help ${one}`))
  return [...pages, 'deploy help'].join(', ')
}

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
