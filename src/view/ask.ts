import {createInterface} from 'node:readline'
import type {Readable, Writable} from 'node:stream'

/** Where a person is asked. */
export type AskIo = {input: Readable; output: Writable; signal: AbortSignal}

/** A yes-or-no question on a terminal; anything but a yes is a no, as are the end of the input and an abort. */
export async function askYesNo(question: string, io: AskIo): Promise<boolean> {
  return /^\s*y(es)?\s*$/i.test((await askLine(`${question} [y/N] `, io)) ?? '')
}

/** One of several words, or the beginning of one; nothing for any other answer, the end of the input and an abort. */
export async function askWord<Word extends string>(
  question: string,
  words: readonly Word[],
  io: AskIo,
): Promise<Word | undefined> {
  const answer = (await askLine(`${question} [${words.join('/')}] `, io))?.trim().toLowerCase() ?? ''
  const [word, other] = words.filter(one => answer !== '' && one.startsWith(answer))
  return other === undefined ? word : undefined
}

// The terminal stays in line mode, so that Ctrl-C remains a signal to the process.
function askLine(prompt: string, {input, output, signal}: AskIo): Promise<string | undefined> {
  if (signal.aborted) return Promise.resolve(undefined)
  const {promise, resolve} = Promise.withResolvers<string | undefined>()
  const lines = createInterface({input, terminal: false})
  const onAbort = () => lines.close()
  signal.addEventListener('abort', onAbort, {once: true})
  output.write(prompt)
  lines.once('line', line => {
    resolve(line)
    lines.close()
  })
  lines.once('close', () => {
    signal.removeEventListener('abort', onAbort)
    resolve(undefined)
  })
  return promise
}
