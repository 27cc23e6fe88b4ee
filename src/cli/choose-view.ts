import type {DeployEvent} from '../plan/events.ts'
import type {AskIo} from '../view/ask.ts'
import {jsonView} from '../view/json.ts'
import {plainView} from '../view/plain.ts'
import type {View, ViewOptions} from '../view/view.ts'
import {isTerminal} from './consent.ts'
import type {InterruptAnswer} from './signals.ts'

export type ViewFlags = {
  json?: boolean | undefined
  output?: string | undefined
  events?: boolean | undefined
  color: boolean
  context: number
  'show-commands'?: boolean
  yes?: boolean | undefined
  /** What shows everything in full. */
  diffCommand?: string
}

/** A view that can always be asked; nobody answers where there is no terminal. */
export type AskingView = View & Asking & Interrupting

export type Asking = {
  /** `--yes` answers it. */
  confirm(question: string): Promise<boolean>
  /** One of these words, by a person at a terminal; nothing where nobody answers. */
  choose<Word extends string>(question: string, words: readonly Word[]): Promise<Word | undefined>
}

/** What a Ctrl-C in mid-run means; nothing where nobody answers, or not in time. */
export type Interrupting = {interrupt(giveUp: AbortSignal): Promise<InterruptAnswer | undefined>}

/** Live on a terminal, lines elsewhere, JSON where it was asked for. */
export async function chooseView(
  flags: ViewFlags,
  detail: ViewOptions['detail'],
  signal: AbortSignal,
): Promise<AskingView> {
  const writer = holdable(writeOut)
  const view = await bareView(flags, detail, writer.write)
  return {
    ...view,
    ...asking(flags, signal, view.makeRoom),
    async interrupt(giveUp) {
      // Under a question a Ctrl-C is no second one.
      if (isJson(flags) || flags.events || isAsking) return undefined
      // The run goes on meanwhile: what it says is shown after the answer.
      view.clear?.()
      const release = writer.hold()
      const inTime = AbortSignal.any([giveUp, AbortSignal.timeout(ANSWER_WITHIN_MS)])
      try {
        const word = await ask(inTime, (ways, io) =>
          ways.askWord<InterruptAnswer>(CTRL_C, ['undo', 'stop', 'go-on'], io),
        )
        if (word === undefined && isTerminal()) process.stdout.write('\n')
        return word
      } finally {
        release()
      }
    },
  }
}

const ANSWER_WITHIN_MS = 10_000
const CTRL_C = 'Undo what was touched, stop after this environment, or go on? In 10 s: undo.'

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

/** Questions at the terminal, once there is room for them. */
export function asking(
  {yes}: Pick<ViewFlags, 'yes'>,
  signal: AbortSignal,
  makeRoom: () => Promise<void> = () => Promise.resolve(),
): Asking {
  return {
    async confirm(question) {
      if (yes === true) return true
      await makeRoom()
      return (await ask(signal, (ways, io) => ways.askYesNo(question, io))) ?? false
    },
    async choose(question, words) {
      await makeRoom()
      return ask(signal, (ways, io) => ways.askWord(question, words, io))
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
    ...(flags.diffCommand === undefined ? {} : {diffCommand: flags.diffCommand}),
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

let isAsking = false

async function ask<Answer>(
  signal: AbortSignal,
  put: (ways: typeof import('../view/ask.ts'), io: AskIo) => Promise<Answer>,
): Promise<Answer | undefined> {
  if (!isTerminal()) return undefined
  isAsking = true
  try {
    const ways = await import('../view/ask.ts')
    await forgetTypedAhead()
    const output = process.stdout.isTTY ? process.stdout : process.stderr
    return await put(ways, {input: process.stdin, output, signal})
  } finally {
    isAsking = false
  }
}

// A `y` that was typed before the question stood there is no answer to it.
async function forgetTypedAhead(): Promise<void> {
  const ignore = () => {}
  process.stdin.on('data', ignore).once('error', ignore)
  await new Promise(resolve => setTimeout(resolve, 30))
  process.stdin.off('data', ignore).off('error', ignore)
  process.stdin.pause()
}
