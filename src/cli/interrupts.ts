import {rmSync, writeSync} from 'node:fs'
import {exitCodeOf} from '../exit-codes.ts'
import {AGAIN, type InterruptAnswer, listenForSignals, type Signals} from './signals.ts'
import type {Teller} from './teller.ts'

/** The signals of one run, and the question what a Ctrl-C means. */
export type Interrupts = {
  signals: Signals
  /** Until a question that stands is answered. */
  answered(): Promise<void>
  /** The run is over: a question that still stands is taken away. */
  settle(): Promise<void>
}

/** @param runDirectory what is removed when there is no more time for anything else */
export function listenForInterrupts(teller: Teller, runDirectory: () => string | undefined): Interrupts {
  const {emit, words} = teller
  const over = new AbortController()
  let question: Promise<InterruptAnswer> | undefined
  const signals = listenForSignals({
    onSignal(signal) {
      teller.view()?.endLine()
      emit({kind: 'interrupt-received', signal})
    },
    onAgain: () => emit({kind: 'noted', text: AGAIN}),
    endNow: () => endNow(words.text(), runDirectory()),
    ask(giveUp) {
      if (!words.isUndecided()) return undefined
      const isOver = () => over.signal.aborted || !words.isUndecided()
      question = askWhatCtrlCMeans(teller, AbortSignal.any([giveUp, over.signal]), isOver)
      return question
    },
  })
  const answered = async () => {
    await question
  }
  return {
    signals,
    answered,
    async settle() {
      over.abort()
      await answered()
    },
  }
}

/** The third Ctrl-C: no more waiting, but never without a word. */
export function endNow(text: string | undefined, runDirectory: string | undefined): never {
  try {
    if (text !== undefined) writeSync(2, text)
    if (runDirectory !== undefined) rmSync(runDirectory, {recursive: true, force: true})
  } catch {
    // Nobody reads, or nothing can be removed any more.
  }
  process.exit(text === undefined ? exitCodeOf('declined') : exitCodeOf('partly-back'))
}

async function askWhatCtrlCMeans(
  {view, emit}: Teller,
  giveUp: AbortSignal,
  isOver: () => boolean,
): Promise<InterruptAnswer> {
  const answer = (await view()?.interrupt(giveUp)) ?? 'undo'
  // It ended, or failed and goes back by itself, before there was an answer.
  if (isOver()) return 'go-on'
  emit({kind: 'noted', text: AFTER_ANSWER[answer]})
  return answer
}

const AFTER_ANSWER: Record<InterruptAnswer, string> = {
  undo: 'undoing what this run touched',
  stop: 'finishing this environment, then it stops; deploy resume goes on',
  'go-on': 'going on',
}
