import {createInterface} from 'node:readline'
import type {Readable, Writable} from 'node:stream'

/**
 * A yes-or-no question on a terminal; anything but a yes is a no, as are the end of the input and an abort. The
 * terminal stays in line mode, so that Ctrl-C remains a signal to the process.
 */
export function askYesNo(
  question: string,
  {input, output, signal}: {input: Readable; output: Writable; signal: AbortSignal},
): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false)
  const {promise, resolve} = Promise.withResolvers<boolean>()
  const lines = createInterface({input, terminal: false})
  const onAbort = () => lines.close()
  signal.addEventListener('abort', onAbort, {once: true})
  output.write(`${question} [y/N] `)
  lines.once('line', line => {
    resolve(/^\s*y(es)?\s*$/i.test(line))
    lines.close()
  })
  lines.once('close', () => {
    signal.removeEventListener('abort', onAbort)
    resolve(false)
  })
  return promise
}
