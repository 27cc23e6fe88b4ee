import type {DeployEvent} from '../plan/events.ts'
import type {InFull} from '../view/in-full.ts'
import {jsonView} from '../view/json.ts'
import {plainView} from '../view/plain.ts'
import type {View, ViewOptions} from '../view/view.ts'
import {type Asking, openAsking} from './asking.ts'

export type ViewFlags = {
  json?: boolean | undefined
  output?: string | undefined
  events?: boolean | undefined
  color: boolean
  context: number
  'show-commands'?: boolean
  yes?: boolean | undefined
  /** What shows everything in full. */
  inFull?: InFull
}

/** A view that can always be asked; nobody answers where there is no terminal. */
export type AskingView = View & Asking

/** Live on a terminal, lines elsewhere, JSON where it was asked for. */
export async function chooseView(
  flags: ViewFlags,
  detail: ViewOptions['detail'],
  signal: AbortSignal,
): Promise<AskingView> {
  const writer = holdable(writeOut)
  const view = await bareView(flags, detail, writer.write)
  // The run goes on under the question: what it says is shown after the answer.
  const hold = () => {
    view.clear?.()
    return writer.hold()
  }
  const isAnswered = !isJson(flags) && !flags.events
  const asking = openAsking({yes: flags.yes, signal, makeRoom: view.makeRoom, hold, isAnswered})
  return {
    ...view,
    ...asking,
    async close() {
      await view.close()
      await asking.settle()
    },
  }
}

/** A writer that can be told to keep everything for later. */
function holdable(write: (text: string) => void) {
  let kept: string[] | undefined
  return {
    write(text: string) {
      if (kept === undefined) write(text)
      else kept.push(text)
    },
    hold() {
      kept ??= []
      return () => {
        const texts = kept ?? []
        kept = undefined
        if (texts.length > 0) write(texts.join(''))
      }
    },
  }
}

async function bareView(
  flags: ViewFlags,
  detail: ViewOptions['detail'],
  write: (text: string) => void,
): Promise<View> {
  if (flags.events) return withoutCommands(jsonView({write}), flags['show-commands'] ?? false)
  if (isJson(flags)) return documentView(write)
  const options = {...optionsOf(flags, detail), write}
  if (!process.stdout.isTTY) return plainView(options)
  const {liveView} = await import('../view/live.ts')
  return liveView(options)
}

export function optionsOf(flags: ViewFlags, detail: ViewOptions['detail']): ViewOptions {
  return {
    write: writeOut,
    columns: () => process.stdout.columns,
    color: colorOf(flags),
    contextLines: flags.context,
    detail,
    showsCommands: flags['show-commands'] ?? false,
    nowMs: Date.now,
    ...(flags.inFull === undefined ? {} : {inFull: flags.inFull}),
  }
}

/** A full disk, a closed terminal: what we say is lost, what we do goes on. */
export function writeOut(text: string): void {
  try {
    process.stdout.write(text)
  } catch {
    // Nobody reads it any more.
  }
}

// Commands are for those who ask for them.
function withoutCommands(view: View, showsCommands: boolean): View {
  return showsCommands
    ? view
    : {...view, on: event => (event.kind === 'command-run' ? undefined : view.on(event))}
}

export function isJson(flags: Pick<ViewFlags, 'json' | 'output'>): boolean {
  return flags.json === true || flags.output === 'json'
}

function documentView(write: (text: string) => void): View {
  return {
    on(event: DeployEvent) {
      if (event.kind === 'run-finished') write(`${JSON.stringify(event.outcome, undefined, 2)}\n`)
    },
    close: () => Promise.resolve(),
  }
}

// https://no-color.org: set to anything means no.
function colorOf(flags: ViewFlags): ViewOptions['color'] {
  const isOff = !flags.color || Boolean(process.env.NO_COLOR) || Boolean(process.env.DEPLOY_NO_COLOR)
  return process.stdout.isTTY && !isOff ? 1 : 0
}
