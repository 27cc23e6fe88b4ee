import type {CommandShape, FlagShape, Grammar, Line, Wanted} from './grammar.ts'

/**
 * Understand an unfinished command line.
 * @param words what stands after `deploy`, up to the cursor; the last one is being typed, perhaps empty
 */
export function readLine(words: readonly string[], grammar: Grammar): Line {
  const before = words.slice(0, -1)
  const typed = words.at(-1) ?? ''
  const {command, rest} = commandOf(before, grammar)
  const read = readWords(rest, command?.flags ?? [])
  const said = (name: string) => read.values.filter(one => one.flag.name === name).map(one => one.value)
  const {wanted, beginning} = wantedOf(typed, before, command, read, grammar)
  const beside = mayHaveTag(command, wanted) ? tagBeside(beginning) : undefined
  return {
    command,
    service: beside?.name ?? (command?.args[0] === 'name' ? nameIn(read.words[0]) : undefined),
    environments: said('env').flatMap(value => value.split(',')),
    selectors: said('selector'),
    ambient: {
      chdir: said('chdir').at(-1),
      config: said('config').at(-1),
      sandbox: read.given.has('sandbox'),
    },
    typed: beside?.tag ?? beginning,
    wanted: beside === undefined ? wanted : {kind: 'versions'},
  }
}

// `NAME@TAG`, where several services may be named, or none was named yet.
function mayHaveTag(command: CommandShape | undefined, wanted: Wanted): boolean {
  return wanted.kind === 'commands'
    ? wanted.services
    : wanted.kind === 'services' && command?.isVariadic === true
}

function tagBeside(word: string): {name: string; tag: string} | undefined {
  const at = word.indexOf('@')
  return at > 0 ? {name: word.slice(0, at), tag: word.slice(at + 1)} : undefined
}

function nameIn(word: string | undefined): string | undefined {
  return word === undefined ? undefined : (tagBeside(word)?.name ?? word)
}

type Found = {command: CommandShape | undefined; rest: readonly string[]}

/** The longest command the line begins with; a first word that begins none is the name of a service. */
function commandOf(before: readonly string[], grammar: Grammar): Found {
  const fitting = grammar.filter(({words}) => words.every((word, index) => before[index] === word))
  const command = fitting.toSorted((a, b) => b.words.length - a.words.length)[0]
  if (command !== undefined) return {command, rest: before.slice(command.words.length)}
  const isTopic = grammar.some(({words}) => words[0] === before[0])
  const service = grammar.find(({words}) => words.join(' ') === 'service')
  return before.length === 0 || isTopic
    ? {command: undefined, rest: []}
    : {command: service, rest: [...before]}
}

type Read = {
  /** The flag whose value comes next. */
  open: FlagShape | undefined
  values: readonly {flag: FlagShape; value: string}[]
  given: ReadonlySet<string>
  words: readonly string[]
  /** After `--` nothing is a flag any more. */
  isOver: boolean
}

function readWords(words: readonly string[], flags: readonly FlagShape[]): Read {
  const values: {flag: FlagShape; value: string}[] = []
  const given = new Set<string>()
  const plain: string[] = []
  let open: FlagShape | undefined
  let isOver = false
  for (const word of words) {
    if (open !== undefined) {
      values.push({flag: open, value: word})
      open = undefined
    } else if (isOver || !word.startsWith('-') || word === '-') {
      plain.push(word)
    } else if (word === '--') {
      isOver = true
    } else {
      const {flag, value} = flagIn(word, flags)
      if (flag !== undefined) given.add(flag.name)
      if (flag !== undefined && value !== undefined) values.push({flag, value})
      if (flag?.takesValue && value === undefined) open = flag
    }
  }
  return {open, values, given, words: plain, isOver}
}

/** `--env`, `--env=VALUE`, `-e`, `-eVALUE`, `-yi`. */
function flagIn(word: string, flags: readonly FlagShape[]) {
  if (word.startsWith('--')) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const flag = flags.find(one => one.name === name || (one.hasOpposite && `no-${one.name}` === name))
    return {flag, value: flag?.takesValue ? value : undefined}
  }
  const flag = flags.find(one => one.char === word[1])
  const glued = word.slice(2).replace(/^=/, '')
  return {flag, value: flag?.takesValue && word.length > 2 ? glued : undefined}
}

function wantedOf(
  typed: string,
  before: readonly string[],
  command: CommandShape | undefined,
  read: Read,
  grammar: Grammar,
): {wanted: Wanted; beginning: string} {
  if (read.open !== undefined) return {wanted: valueOf(read.open), beginning: typed}
  if (command !== undefined && !read.isOver && typed.startsWith('-')) {
    const {flag, value} = flagIn(typed, command.flags)
    if (flag?.takesValue && value !== undefined) return {wanted: valueOf(flag), beginning: value}
    return {wanted: {kind: 'flags', flags: flagsLeft(command, read)}, beginning: typed}
  }
  return {wanted: wordWanted(before, command, read, grammar), beginning: typed}
}

function wordWanted(
  before: readonly string[],
  command: CommandShape | undefined,
  read: Read,
  grammar: Grammar,
): Wanted {
  if (command === undefined) return {kind: 'commands', after: before, services: before.length === 0}
  const isTopicToo = grammar.some(
    ({words}) => words.length > before.length && before.every((word, i) => words[i] === word),
  )
  if (isTopicToo && before.length > 0) return {kind: 'commands', after: before, services: false}
  const index = command.isVariadic ? Math.min(read.words.length, command.args.length - 1) : read.words.length
  const arg = command.args[index]
  if (arg === undefined)
    return read.isOver ? {kind: 'nothing'} : {kind: 'flags', flags: flagsLeft(command, read)}
  return argWanted(arg)
}

function argWanted(name: string): Wanted {
  if (name === 'name') return {kind: 'services'}
  if (name === 'run') return {kind: 'runs'}
  if (name === 'version') return {kind: 'versions'}
  if (name === 'command') return {kind: 'commands', after: [], services: false}
  if (name === 'shell') return {kind: 'choices', choices: ['bash', 'zsh', 'fish']}
  return {kind: 'nothing'}
}

/** What a flag's value is. A flag that lists its options needs no word here. */
function valueOf({name, options}: FlagShape): Wanted {
  if (options.length > 0) return {kind: 'choices', choices: options}
  switch (name) {
    case 'env':
      return {kind: 'environments'}
    case 'selector':
      return {kind: 'selectors'}
    case 'version':
      return {kind: 'versions'}
    case 'to':
      return {kind: 'runs'}
    case 'chdir':
    case 'output-dir':
      return {kind: 'files', only: 'directories'}
    case 'config':
      return {kind: 'files', only: 'any'}
    default:
      return {kind: 'nothing'}
  }
}

function flagsLeft({flags}: CommandShape, {given}: Read): readonly FlagShape[] {
  return flags.filter(flag => flag.isRepeatable || !given.has(flag.name))
}
