import {nearest} from '../charts/nearest.ts'
import {DeployError} from '../errors.ts'

export type CommandWords = {
  /** As it is typed: `sandbox up`. */
  name: string
  flags: readonly string[]
  /** What was typed behind it. */
  argv: readonly string[]
}

/** oclif's complaint about a command line in our words: what is wrong with it, and what to type. */
export function usageError(error: Error, command: CommandWords): DeployError {
  const [, complaints = ''] = /^(?:The following errors? occurred:\s*)?(.*)$/s.exec(error.message) ?? []
  const lines = complaints
    .replace(/\n\s*See more help with --help\s*$/, '')
    .replace(/^Parsing (--\S+)\s+Expected/gm, '$1: expected')
    .split('\n')
    .map(line => line.trim())
    // oclif's advice on its own parser.
    .filter(line => line !== '' && !/^(Note: --|Alternatively, you can use)/.test(line))
  const told = lines.map(line => inOurWords(line)).join('\n  ')
  return new DeployError('usage', `read the command line: ${told}`, {hint: hintFor(complaints, command)})
}

function inOurWords(line: string): string {
  return line
    .replace(/^Missing required flag (\S+)$/, '--$1 is missing.')
    .replace(/^Flag (--?\S+) expects a value$/, '$1 needs a value behind it.')
    .replace(/^Nonexistent flags?: (.*)$/, 'there is no flag $1.')
    .replace(/^Unexpected arguments?: (.*)$/, 'nothing is expected where it says $1.')
    .replace(/^Expected (--[\w-]+)=(.*) to be one of: (.*)$/, '$1 $2: it is one of $3.')
    .replace(/^Missing (\d+) required args?:?$/, (_, count: string) =>
      count === '1' ? 'a word is missing:' : 'words are missing:',
    )
    .replace(/=true cannot also be provided when using/, ' does not go together with')
    .replace(/^(--\S+): expected an integer but received: (.*)$/, '$1 $2: that is no whole number.')
}

function hintFor(complaints: string, {name, flags, argv}: CommandWords): string {
  const help = `deploy ${name} --help shows what there is.`
  const place = argv.find(isLikeAnEnvironment)
  if (/Missing required flag env\b/.test(complaints))
    return place === undefined
      ? 'Say where: -e staging, -e production or -e all.'
      : `Did you mean -e ${place}?`
  const extra = /^Unexpected arguments?: (\S+)/m.exec(complaints)?.[1]
  if (extra !== undefined && flags.includes('env')) return extraHint(extra, help)
  const mistyped = /^Nonexistent flags?: --([\w-]+)/m.exec(complaints)?.[1]
  const meant = mistyped === undefined ? undefined : nearest(mistyped, flags)
  return meant === undefined ? help : `Did you mean --${meant}? ${help}`
}

// The second word of `deploy shop staging`.
function isLikeAnEnvironment(word: string): boolean {
  return /^(all|production)$|^staging|(^|-)(eqiad|codfw)($|-)/.test(word)
}

function extraHint(word: string, help: string): string {
  return isLikeAnEnvironment(word)
    ? `Did you mean -e ${word}?`
    : `An environment is named with -e; one command is for one service. ${help}`
}
