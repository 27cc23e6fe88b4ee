import {setTimeout as sleep} from 'node:timers/promises'
import type {AskIo} from '../view/ask.ts'
import {isTerminal} from './consent.ts'
import type {InterruptAnswer} from './signals.ts'
import {forgetTyped, takeTyped} from './typed-keys.ts'

export type Asking = {
  /** `--yes` answers it. */
  confirm(question: string): Promise<boolean>
  /** One of these words, by a person at a terminal; nothing where nobody answers. */
  choose<Word extends string>(question: string, words: readonly Word[]): Promise<Word | undefined>
  /**
   * What a Ctrl-C in mid-run means; nothing where nobody answers, or not in time. A question that stands there steps
   * aside, and is put again after *go on*; after another answer it is a no.
   */
  interrupt(giveUp: AbortSignal): Promise<InterruptAnswer | undefined>
  /** What is said next does not stand behind a question that stands there. */
  endLine(): void
  /** What was typed for a question that had no answer in time is not left to the shell. */
  settle(): Promise<void>
}

export type AskingOptions = {
  yes?: boolean | undefined
  signal: AbortSignal
  makeRoom?: (() => Promise<void>) | undefined
  /** Keeps what the run says for later, until it is called back. */
  hold?: () => () => void
  /** Whether what is written is for a person who may answer. */
  isAnswered?: boolean
}

/** Questions at the terminal, one at a time: two that read the same keys would take each other's answers. */
export function openAsking({yes, signal, makeRoom, hold, isAnswered = true}: AskingOptions): Asking {
  let interrupting: Promise<InterruptAnswer | undefined> | undefined
  let standing: AbortController | undefined
  let isUnanswered = false
  let isAsked = false

  async function confirm(question: string): Promise<boolean> {
    if (yes === true) return true
    await makeRoom?.()
    if (interrupting !== undefined && (await interrupting) !== 'go-on') return false
    const aside = new AbortController()
    standing = aside
    isAsked = isTerminal()
    const answer = await ask(AbortSignal.any([signal, aside.signal]), (ways, io) =>
      ways.askYesNo(question, io),
    )
    standing = undefined
    isAsked = false
    return aside.signal.aborted ? confirm(question) : (answer ?? false)
  }

  async function whatItMeans(giveUp: AbortSignal): Promise<InterruptAnswer | undefined> {
    standing?.abort()
    const release = hold?.()
    const over = new AbortController()
    try {
      const word = await ask(AbortSignal.any([giveUp, over.signal]), async (ways, io) => {
        void countDown(over, io)
        return ways.askWord<InterruptAnswer>(CTRL_C, MEANINGS, io)
      })
      if (word === undefined && isTerminal()) process.stdout.write('\n')
      isUnanswered = word === undefined
      return word
    } finally {
      over.abort()
      release?.()
    }
  }

  return {
    confirm,
    async choose(question, words) {
      await makeRoom?.()
      isAsked = isTerminal()
      const word = await ask(signal, (ways, io) => ways.askWord(question, words, io))
      isAsked = false
      return word
    },
    async interrupt(giveUp) {
      if (!isAnswered) return undefined
      interrupting = whatItMeans(giveUp)
      return interrupting
    },
    endLine() {
      if (isAsked) process.stdout.write('\n')
    },
    async settle() {
      if (isUnanswered && isTerminal()) await forgetTyped()
    },
  }
}

// Nobody is overtaken in the middle of a word: while there is something new on the line, there is time.
async function countDown(over: AbortController, {output, signal}: AskIo): Promise<void> {
  let line = ''
  for (;;) {
    await sleep(ANSWER_WITHIN_MS, undefined, {signal, ref: false}).catch(() => {})
    if (signal.aborted) return
    const typed = await takeTyped()
    if (typed === '' || signal.aborted) break
    line += typed
    output.write(`\n10 s more, as you are typing. [${MEANINGS.join('/')}] ${line}`)
  }
  over.abort()
}

const MEANINGS = ['undo', 'stop', 'go-on'] as const

const ANSWER_WITHIN_MS = 10_000
const CTRL_C = 'Undo what was touched, stop after this environment, or go on? In 10 s: undo.'

async function ask<Answer>(
  signal: AbortSignal,
  put: (ways: typeof import('../view/ask.ts'), io: AskIo) => Promise<Answer>,
): Promise<Answer | undefined> {
  if (!isTerminal()) return undefined
  const ways = await import('../view/ask.ts')
  await forgetTyped()
  const output = process.stdout.isTTY ? process.stdout : process.stderr
  return put(ways, {input: process.stdin, output, signal})
}
