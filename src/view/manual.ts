import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'

/** Everything a manual page says of one command, as the command declares it. */
export type Manual = {
  /** `['sandbox', 'up']`. */
  words: readonly string[]
  summary: string
  description: string | undefined
  /** In place of the synopsis that is made from arguments and flags. */
  usage: readonly string[]
  args: readonly ManualArg[]
  isVariadic: boolean
  flags: readonly ManualFlag[]
  examples: readonly ManualExample[]
  exits: readonly ExitKind[]
  seeAlso: readonly string[]
}

export type ManualArg = {name: string; about: string; isRequired: boolean; options: readonly string[]}

export type ManualFlag = {
  name: string
  char: string | undefined
  about: string
  /** What stands for its value; none for a switch. */
  value: string | undefined
  isRequired: boolean
  isRepeatable: boolean
  hasOpposite: boolean
  options: readonly string[]
  default: string | undefined
  env: string | undefined
  group: string | undefined
}

export type ManualExample = {command: string; about: string | undefined}

/** How pages are written: for the terminal or file at hand. */
export type ManualStyle = {
  columns: number
  heading: (text: string) => string
  /** Where the docs lie on this computer. */
  docs: string
}

/**
 * What a command can end with: it is in its flags whether it asks, and so may change something. What one declares takes the place of
 * that; what comes of looking is never declared.
 */
export function exitsOf({flags, exits}: Pick<Manual, 'flags' | 'exits'>): readonly ExitKind[] {
  const all = Object.keys(EXIT_CODES) as ExitKind[]
  if (exits.length > 0) return all.filter(kind => LOOKING.has(kind) || exits.includes(kind))
  const has = (name: string) => flags.some(flag => flag.name === name)
  return all.filter(kind => LOOKING.has(kind) || (kind === 'changes' ? has('detailed-exitcode') : has('yes')))
}

const LOOKING: ReadonlySet<ExitKind> = new Set([
  'deployed',
  'bug',
  'usage',
  'bad-render',
  'not-found',
  'unreachable',
  'forbidden',
  'bad-config',
])

export type Variable = {
  name: string
  about: string
  /** The flag it stands for. */
  flag?: string
  /** Of no use to those who only look. */
  isForChanges?: boolean
}

/** What is read from the environment of a run. Only what surrounds it: never what to deploy, nor whether to ask. */
export const ENVIRONMENT: readonly Variable[] = [
  {name: 'DEPLOY_CHDIR', about: 'as --chdir', flag: 'chdir'},
  {name: 'DEPLOY_CONFIG', about: 'as --config', flag: 'config'},
  {name: 'DEPLOY_TIMEOUT', about: 'as --timeout', flag: 'timeout'},
  {
    name: 'DEPLOY_SANDBOX',
    about: 'as --sandbox, for 1, true or yes; a name is the sandbox of that name',
    flag: 'sandbox',
  },
  {name: 'DEPLOY_NO_COLOR, NO_COLOR', about: 'as --no-color', flag: 'color'},
  {name: 'SUPPRESS_SAL', about: 'true: nothing is announced', isForChanges: true},
  {name: 'SUDO_USER', about: 'who is named as the person who deploys, as sudo sets it', isForChanges: true},
  {name: 'TMPDIR', about: 'where a run keeps its private files until it ends'},
]

export const FILES: readonly (readonly [string, string])[] = [
  ['/etc/deploy.yaml', 'the configuration of this host; it may say where the charts repository is'],
  ['/srv/deployment-charts', 'the charts repository, where no other is named or stood in'],
  [
    'deploy.yaml',
    'at its root, or in helmfile.d/GROUP/NAME: the configuration for everyone, or of one service',
  ],
]

/** The meaning of a code for a command of this kind. */
export function exitMeaning(kind: ExitKind, exits: readonly ExitKind[]): string {
  return kind === 'deployed' && !exits.includes('rolled-back') ? 'done' : EXIT_CODES[kind].meaning
}

/** The variables that a command with these flags heeds. */
export function variablesOf(
  flags: readonly ManualFlag[],
  exits: readonly ExitKind[],
): (readonly [string, string])[] {
  const has = (name: string) => flags.some(flag => flag.name === name)
  const isChanging = exits.includes('rolled-back')
  return ENVIRONMENT.filter(
    ({flag, isForChanges}) => (flag === undefined || has(flag)) && (isChanging || isForChanges !== true),
  ).map(({name, about}) => [name, about])
}
