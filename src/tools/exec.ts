import {execa} from 'execa'

export type ExecOptions = {
  cwd?: string
  /** Added to the environment of this process. */
  env?: Record<string, string | undefined>
  input?: string
  timeoutMs?: number
  signal?: AbortSignal
  /** Own process group, so that a Ctrl-C on the terminal reaches only us. */
  detached?: boolean
  /** Leave the standard input open for the caller to write. */
  stdin?: 'pipe'
  /** false: the caller reads the output as a stream. */
  buffer?: boolean
}

export type ExecResult = {
  failed: boolean
  exitCode: number | undefined
  signal: string | undefined
  stdout: string
  stderr: string
  durationMs: number
  timedOut: boolean
  /** The program was not found. */
  isMissing: boolean
}

/** Run a program to its end; never throws for a bad exit. Arguments are an array, never a shell string. */
export async function exec(
  file: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const result = await start(file, args, options)
  return {
    failed: result.failed,
    exitCode: result.exitCode,
    signal: result.signal,
    stdout: text(result.stdout),
    stderr: text(result.stderr),
    durationMs: result.durationMs,
    timedOut: result.timedOut,
    isMissing: result.code === 'ENOENT',
  }
}

/** Start a program and leave it to the caller to follow it. */
export function start(file: string, args: readonly string[], options: ExecOptions = {}) {
  return execa(file, [...args], {
    reject: false,
    stripFinalNewline: false,
    stdin: options.stdin ?? (options.input === undefined ? 'ignore' : 'pipe'),
    buffer: options.buffer ?? true,
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    ...(options.env === undefined ? {} : {env: options.env}),
    ...(options.input === undefined ? {} : {input: options.input}),
    ...(options.timeoutMs === undefined ? {} : {timeout: options.timeoutMs}),
    ...(options.signal === undefined ? {} : {cancelSignal: options.signal}),
    detached: options.detached ?? false,
    cleanup: !options.detached,
  })
}

/** Run a program that talks to the person itself: it has our terminal. Returns its exit code. */
export async function runOnTerminal(
  file: string,
  args: readonly string[],
  options: Pick<ExecOptions, 'cwd' | 'env'>,
): Promise<number | undefined> {
  const {cwd, env} = options
  const result = await execa(file, [...args], {
    reject: false,
    stdio: 'inherit',
    ...(cwd === undefined ? {} : {cwd}),
    ...(env === undefined ? {} : {env}),
  })
  return result.exitCode
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
