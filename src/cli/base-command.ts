import {tmpdir} from 'node:os'
import {Command, Flags, type Interfaces} from '@oclif/core'
import {foldText, usableWidth} from '../view/layout.ts'
import {DeployError, ToolError} from '../errors.ts'
import {unquotedMessage} from './unquoted.ts'
import {usageError} from './usage-error.ts'
import {EXIT_CODES, exitCodeOf, type ExitKind} from '../exit-codes.ts'

/** What every command has in common: ambient flags, and errors that end with the right code and a hint. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    chdir: Flags.directory({
      description:
        'where the charts repository is (default: upwards from here, /etc/deploy.yaml, /srv/deployment-charts)',
      env: 'DEPLOY_CHDIR',
      helpValue: 'DIR',
      helpGroup: 'GLOBAL',
    }),
    config: Flags.file({
      description: 'host configuration to use instead of /etc/deploy.yaml',
      env: 'DEPLOY_CONFIG',
      helpValue: 'FILE',
      helpGroup: 'GLOBAL',
    }),
    sandbox: Flags.boolean({description: 'work on the sandbox on this computer', helpGroup: 'GLOBAL'}),
    color: Flags.boolean({
      description: 'colour on a terminal',
      allowNo: true,
      default: true,
      helpGroup: 'GLOBAL',
    }),
  }

  /** With `--json` it prints an object a line, not one document. */
  protected readonly isLineByLine: boolean = false

  protected override async catch(error: Error): Promise<unknown> {
    reportError(
      isUsageError(error) ? this.inOurWords(error) : unquotedMessage(error, this.argv),
      this.argv,
      this.isLineByLine || undefined,
    )
    // A mistyped flag ends the parsing: with NODE_ENV=development oclif would call that our mistake.
    this.parsed = true
    return undefined
  }

  private inOurWords(error: Error): Error {
    const name = (this.id ?? '').replaceAll(':', ' ')
    const flags = Object.keys({...this.ctor.flags, ...this.ctor.baseFlags})
    return usageError(error, {name, flags, argv: this.argv})
  }
}

export type BaseFlags = Interfaces.InferredFlags<(typeof BaseCommand)['baseFlags']>

/** Which row of the table an error belongs to. */
export function exitKindOf(error: Error): ExitKind {
  if (error instanceof DeployError) return error.exitKind
  return isUsageError(error) ? 'usage' : 'bug'
}

/** Say what went wrong, as a document where one was asked for, and set the exit code. */
export function reportError(
  error: Error,
  argv: readonly string[],
  isLineByLine = argv.includes('--events'),
): void {
  const kind = exitKindOf(error)
  process.exitCode = exitCodeOf(kind)
  if (!wantsJson(argv)) {
    const text = errorText(error, kind)
    const {isTTY, columns} = process.stderr
    process.stderr.write(isTTY ? foldText(text, usableWidth(columns)) : text)
    return
  }
  const indent = isLineByLine ? undefined : 2
  process.stdout.write(`${JSON.stringify(errorDocument(error, kind), undefined, indent)}\n`)
}

/** `--json`, `-o json`, `--events`: read from argv, since parsing may be what failed. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (arg, index) =>
      ['--json', '--events', '-ojson', '--output=json'].includes(arg) ||
      (['-o', '--output'].includes(argv[index - 1] ?? '') && arg === 'json'),
  )
}

/** The text of an error: what was being done, what went wrong, what to type next. Never a stack trace. */
export function errorText(error: Error, kind: ExitKind): string {
  const hint = hintOf(error, kind)
  return `deploy: ${error.message.trimEnd()}\n${hint === undefined ? '' : `${hint}\n`}`
}

function hintOf(error: Error, kind: ExitKind): string | undefined {
  if (error instanceof DeployError && error.hint !== undefined) return error.hint
  if (kind === 'usage') return 'deploy --help shows the commands, deploy COMMAND --help its flags.'
  if (isDiskFull(error))
    return `deploy keeps its files in ${tmpdir()} while it works; TMPDIR names another place.`
  return kind === 'bug' && !(error instanceof DeployError)
    ? 'This is a fault of deploy itself. DEBUG=deploy shows where.'
    : undefined
}

function errorDocument(error: Error, kind: ExitKind) {
  const hint = hintOf(error, kind)
  return {
    schema: 1,
    kind,
    exitCode: EXIT_CODES[kind].code,
    error: {
      message: error.message,
      ...(hint === undefined ? {} : {hint}),
      ...(error instanceof ToolError ? {tool: error.tool} : {}),
    },
  }
}

function isUsageError(error: Error): boolean {
  return !(error instanceof DeployError) && ('parse' in error || 'oclif' in error)
}

/** No room, or nowhere to write: nothing of ours is at fault. */
const DISK_CODES = ['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE', 'ENFILE']

function isDiskFull(error: Error): boolean {
  return DISK_CODES.includes((error as NodeJS.ErrnoException).code ?? '')
}
