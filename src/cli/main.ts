import {Config, run} from '@oclif/core'
import {errorText, exitKindOf} from './base-command.ts'
import {exitCodeOf} from '../exit-codes.ts'

/**
 * Run one command line to its end; sets `process.exitCode`.
 * @param argv the words after `deploy`
 * @param entry URL of the file that was started, beside which oclif finds the package, or oclif's own options
 */
export async function main(argv: readonly string[], entry: Parameters<typeof Config.load>[0]): Promise<void> {
  try {
    const config = await Config.load(entry)
    outliveBrokenOutput()
    await run(withDefaultCommand(argv, config), config)
  } catch (error) {
    endWith(error as Error)
  }
}

/** `deploy NAME …` is `deploy service NAME …`, where NAME is no command. */
export function withDefaultCommand(
  argv: readonly string[],
  config: Pick<Config, 'commandIDs' | 'topics'>,
): string[] {
  const [first] = argv
  if (first === undefined || first === 'help') return [...argv]
  if (first.startsWith('-')) return isForHelp(argv) ? [...argv] : ['service', ...argv]
  const known = new Set([
    ...config.commandIDs.map(id => id.split(':')[0]),
    ...config.topics.map(topic => topic.name.split(':')[0]),
  ])
  return known.has(first) ? [...argv] : ['service', ...argv]
}

function isForHelp(argv: readonly string[]): boolean {
  return argv.length === 1 && ['--help', '-h', '--version', '-v'].includes(argv[0] ?? '')
}

function endWith(error: Error): void {
  // oclif ends help and --version this way.
  const oclifExit = (error as {oclif?: {exit?: number}; code?: string}).oclif?.exit
  if ((error as {code?: string}).code === 'EEXIT' || oclifExit === 0) {
    process.exitCode = oclifExit ?? 0
    return
  }
  const kind = exitKindOf(error)
  process.stderr.write(errorText(error, kind))
  if (process.env.DEBUG === 'deploy') process.stderr.write(`${error.stack}\n`)
  process.exitCode = exitCodeOf(kind)
}

// `deploy … | head` closes our output, a lost terminal or a full disk refuses it: what we say is lost, what we do goes on.
// oclif listens as well and throws whatever is not EPIPE, which would end a deployment halfway.
function outliveBrokenOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error')
    stream.on('error', () => {})
  }
}
