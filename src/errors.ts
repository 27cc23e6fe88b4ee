import type {ExitKind} from './exit-codes.ts'

/**
 * A fault that ends the run and that a person can act on.
 * `message` says what was being done and what went wrong; `hint` is what to type next.
 */
export class DeployError extends Error {
  readonly exitKind: ExitKind
  hint: string | undefined

  constructor(exitKind: ExitKind, message: string, options: {hint?: string; cause?: unknown} = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.name = 'DeployError'
    this.exitKind = exitKind
    this.hint = options.hint
  }
}

/** A program we ran ended badly. Carries its exit code and the end of what it said, never its arguments. */
export class ToolError extends DeployError {
  readonly tool: string
  readonly toolExitCode: number | undefined
  readonly stderrTail: string

  constructor(
    exitKind: ExitKind,
    message: string,
    details: {
      tool: string
      toolExitCode: number | undefined
      stderrTail: string
      hint?: string
      cause?: unknown
    },
  ) {
    super(exitKind, message, details)
    this.name = 'ToolError'
    this.tool = details.tool
    this.toolExitCode = details.toolExitCode
    this.stderrTail = details.stderrTail
  }
}
