import {createInterface} from 'node:readline'
import type {Readable, Writable} from 'node:stream'
import {foldText, usableWidth} from './layout.ts'

/** Where a person is asked. */
export type AskIo = {input: Readable; output: Writable; signal: AbortSignal}

/** A yes-or-no question on a terminal. Nothing is a no, as are the end of the input and an abort; what is neither is asked again. */
export async function askYesNo(question: string, io: AskIo): Promise<boolean> {
  const answer = (await askLine(`${question} [y/N] `, io))?.trim() ?? ''
  if (/^y(es)?$/i.test(answer)) return true
  if (answer === '' || /^no?$/i.test(answer)) return false
  io.output.write('Say y or n.\n')
  return askYesNo(question, io)
}

/** One of several words, or the beginning of one; nothing for no answer, the end of the input and an abort. Others are asked again. */
export async function askWord<Word extends string>(
  question: string,
  words: readonly Word[],
  io: AskIo,
): Promise<Word | undefined> {
  const answer = (await askLine(`${question} [${words.join('/')}] `, io))?.trim().toLowerCase() ?? ''
  const [word, other] = words.filter(one => answer !== '' && one.startsWith(answer))
  if (answer === '' || (word !== undefined && other === undefined)) return word
  io.output.write(`Say ${words.join(' or ')}.\n`)
  return askWord(question, words, io)
}

// The answer is typed behind the last word.
function folded(prompt: string, output: Writable & {isTTY?: boolean; columns?: number}): string {
  return output.isTTY === true ? `${foldText(prompt.trimEnd(), usableWidth(output.columns) - 1)} ` : prompt
}

// The terminal stays in line mode, so that Ctrl-C remains a signal to the process.
function askLine(prompt: string, {input, output, signal}: AskIo): Promise<string | undefined> {
  // Of an input that is over nothing more is heard, not even that it is over: we would wait until node gives up (its exit code 13).
  if (signal.aborted || input.readableEnded || input.destroyed) return Promise.resolve(undefined)
  const {promise, resolve} = Promise.withResolvers<string | undefined>()
  const lines = createInterface({input, terminal: false})
  const onAbort = () => lines.close()
  signal.addEventListener('abort', onAbort, {once: true})
  output.write(folded(prompt, output))
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
