import {Config, run} from '@oclif/core'
import {DeployError} from '../errors.ts'
import {exitCodeOf} from '../exit-codes.ts'
import {reportError} from './base-command.ts'

/**
 * Run one command line to its end; sets `process.exitCode`.
 * @param typed the words after `deploy`
 * @param entry URL of the file that was started, beside which oclif finds the package, or oclif's own options
 */
export async function main(
  typed: readonly string[],
  entry: Parameters<typeof Config.load>[0],
): Promise<void> {
  const argv = globalsLast(typed)
  const settled = watchForStandstill()
  try {
    const config = await Config.load(entry)
    outliveBrokenOutput()
    outliveForgottenPromises()
    if (isForVersion(argv)) await run(['--version'], config)
    else if (isForHelp(argv) || (argv.length === 1 && isTopic(argv, config))) await showHelp(argv, config)
    else await runCommand(argv, config)
  } catch (error) {
    endWith(error as Error, argv)
  }
  settled()
  leaveLookups()
}

async function runCommand(argv: readonly string[], config: Config): Promise<void> {
  if (!config.commandIDs.includes(argv[0] ?? '') && !argv[0]?.startsWith('-')) {
    const {refuseMistyped} = await import('./mistyped.ts')
    await refuseMistyped(argv, config)
  }
  await run(withDefaultCommand(argv, config), config)
}

// Where nothing is left that could wake us, node ends with a code of its own: 13, which means something else here.
function watchForStandstill(): () => void {
  const end = () => {
    process.stderr.write('deploy: end: nothing is left to wait for, and there is no outcome.\n')
    process.stderr.write('This is a fault of deploy itself. deploy history NAME shows what it recorded.\n')
    process.exit(exitCodeOf('bug'))
  }
  process.once('beforeExit', end)
  return () => process.off('beforeExit', end)
}

// What failed and was waited for is told there. What nobody waits for must not end a deployment halfway.
function outliveForgottenPromises(): void {
  process.on('unhandledRejection', reason => {
    if (process.env.DEBUG !== 'deploy' || !(reason instanceof Error)) return
    // Where, and not what: its message has not been looked at for private values.
    const frames = (reason.stack ?? '').split('\n').filter(line => /^\s+at /.test(line))
    process.stderr.write(`${reason.name}: nobody waited for this\n${frames.join('\n')}\n`)
  })
}

// A name server that says nothing is asked for ten seconds and more, and cannot be called off: what is done does not wait.
function leaveLookups(): void {
  if (!process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) return
  process.stdout.write('', () => process.stderr.write('', () => process.exit()))
}

/** `deploy --sandbox status` is `deploy status --sandbox`: what holds for every command may stand before it. */
export function globalsLast(argv: readonly string[]): readonly string[] {
  const at = argv.findIndex(word => !GLOBAL_SWITCHES.has(word))
  if (at <= 0 || argv[at]?.startsWith('-')) return argv
  const end = argv.indexOf('--')
  const rest = argv.slice(at, end < 0 ? undefined : end)
  return [...rest, ...argv.slice(0, at), ...(end < 0 ? [] : argv.slice(end))]
}

const GLOBAL_SWITCHES = new Set(['--sandbox', '--color', '--no-color'])

/** `deploy NAME …` is `deploy service NAME …`, where NAME is no command. */
export function withDefaultCommand(
  argv: readonly string[],
  config: Pick<Config, 'commandIDs' | 'topics'>,
): string[] {
  const [first] = argv
  if (first === undefined) return [...argv]
  if (first.startsWith('-')) return isForVersion(argv) ? [...argv] : ['service', ...argv]
  const known = new Set([
    ...config.commandIDs.map(id => id.split(':')[0]),
    ...config.topics.map(topic => topic.name.split(':')[0]),
  ])
  return known.has(first) ? [...argv] : ['service', ...argv]
}

/** Whether somebody asks what a command does, instead of running it: `help …`, `--help`, `-h`, or nothing at all. */
function isForHelp(argv: readonly string[]): boolean {
  if (argv.length === 0 || argv[0] === 'help') return true
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).some(word => word === '--help' || word === '-h')
}

// Not by way of oclif: its help is no manual page, and loading it costs as much as all the rest.
async function showHelp(argv: readonly string[], config: Config): Promise<void> {
  const {helpText} = await import('./help.ts')
  process.stdout.write(helpText(argv, config))
}

/** `deploy sandbox`: the first word of commands, and none itself. */
function isTopic([first]: readonly string[], config: Pick<Config, 'commandIDs' | 'topics'>): boolean {
  return config.topics.some(topic => topic.name === first) && !config.commandIDs.includes(first ?? '')
}

function isForVersion(argv: readonly string[]): boolean {
  return argv.length === 1 && ['--version', '-v'].includes(argv[0] ?? '')
}

function endWith(error: Error, argv: readonly string[]): void {
  // oclif ends help and --version this way.
  const oclifExit = (error as {oclif?: {exit?: number}; code?: string}).oclif?.exit
  if ((error as {code?: string}).code === 'EEXIT' || oclifExit === 0) {
    process.exitCode = oclifExit ?? 0
    return
  }
  reportError(unknownCommand(error) ?? error, argv)
  if (process.env.DEBUG === 'deploy') process.stderr.write(`${error.stack}\n`)
}

// oclif takes `doctor shop` for a command of two words, where `doctor` wants none behind it.
function unknownCommand({message}: Error): DeployError | undefined {
  const [, id] = /^command (\S+) not found$/.exec(message) ?? []
  if (id === undefined) return undefined
  const [first = '', ...rest] = id.split(':')
  return new DeployError('usage', `run deploy ${first} ${rest.join(' ')}: there is no such command.`, {
    hint: `deploy ${first} --help shows what there is.`,
  })
}

// `deploy … | head` closes our output, a lost terminal or a full disk refuses it: what we say is lost, what we do goes on.
// oclif listens as well and throws whatever is not EPIPE, which would end a deployment halfway.
function outliveBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error')
    stream.on('error', () => {})
  }
}
