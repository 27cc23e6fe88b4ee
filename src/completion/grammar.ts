/** What may be typed, as the commands themselves declare it. */
export type Grammar = readonly CommandShape[]

export type CommandShape = {
  /** `['sandbox', 'up']`. */
  words: readonly string[]
  summary: string
  /** Names of the arguments, in their order. */
  args: readonly string[]
  /** Takes as many words of its last argument as are typed. */
  isVariadic: boolean
  flags: readonly FlagShape[]
}

export type FlagShape = {
  name: string
  char: string | undefined
  summary: string
  takesValue: boolean
  isRepeatable: boolean
  /** `--no-NAME` is understood as well. */
  hasOpposite: boolean
  options: readonly string[]
}

/** What a line is about to say, and what it has said already. */
export type Line = {
  command: CommandShape | undefined
  service: string | undefined
  environments: readonly string[]
  selectors: readonly string[]
  /** Where the charts repository would be looked for. */
  ambient: {chdir: string | undefined; config: string | undefined; sandbox: boolean}
  /** The beginning of the word that is asked for. */
  typed: string
  wanted: Wanted
}

export type Wanted =
  | {kind: 'commands'; after: readonly string[]; services: boolean}
  | {kind: 'flags'; flags: readonly FlagShape[]}
  | {kind: 'choices'; choices: readonly string[]}
  | {kind: 'services'}
  | {kind: 'environments'}
  | {kind: 'selectors'}
  | {kind: 'versions'}
  | {kind: 'runs'}
  | {kind: 'files'; only: 'directories' | 'any'}
  | {kind: 'nothing'}

/** One word on offer, and what it means in a few words. */
export type Offer = {word: string; about: string}
