import type {IncomingMessage} from 'node:http'
import {text} from 'node:stream/consumers'
import type {Connection} from './connection.ts'
import {type Asked, faultOfConnection, faultOfStatus} from './faults.ts'
import {type Attempt, DEFAULT_RETRY, type RetryLimits, retry} from './retry.ts'

export type SenderOptions = {
  userAgent?: string
  /** Until the first byte of an answer. */
  timeoutMs?: number
  retry?: RetryLimits
}

/** One request as the client words it. */
export type Call = {
  asked: Asked
  path: string
  method?: string
  accept?: string | undefined
  contentType?: string
  body?: unknown
  signal?: AbortSignal | undefined
  isWatch?: boolean
}

/** Sends calls over a connection, counts them, retries what may pass, and turns bad answers into faults. */
export function makeSender(connection: Connection, options: SenderOptions) {
  const limits = options.retry ?? DEFAULT_RETRY
  const timeoutMs = options.timeoutMs ?? 15_000
  let requests = 0
  // An address that never answered is probably wrong: said at once. One that did is worth some patience.
  let hasAnswered = false
  let clockAheadMs: number | undefined

  const answerTo = (call: Call): Promise<IncomingMessage> => {
    requests += 1
    return connection.send({
      method: call.method ?? 'GET',
      path: call.path,
      headers: headersOf(call, options.userAgent ?? 'deploy'),
      timeoutMs,
      isWatch: call.isWatch ?? false,
      ...(call.body === undefined ? {} : {body: JSON.stringify(call.body)}),
      ...(call.signal === undefined ? {} : {signal: call.signal}),
    })
  }
  /** One try; `read` takes what is wanted out of a good answer. */
  const attempt = async <T>(
    call: Call,
    read: (answer: IncomingMessage) => Promise<T>,
  ): Promise<Attempt<T>> => {
    const isRead = (call.method ?? 'GET') === 'GET'
    try {
      const answer = await answerTo(call)
      hasAnswered = true
      clockAheadMs = clockIn(answer) ?? clockAheadMs
      const status = answer.statusCode ?? 0
      if (status < 300) return {kind: 'done', value: await read(answer)}
      const error = faultOfStatus(status, await wholeText(answer, timeoutMs), call.asked)
      // 429 is said before anything is done, so writes may be tried again as well.
      if (status !== 429 && !(isRead && status >= 500)) throw error
      return {kind: 'failed', error, ...pauseWish(answer)}
    } catch (cause) {
      if (call.signal?.aborted || !isConnectionFault(cause)) throw cause
      const error = faultOfConnection(cause, call.asked)
      if (!isRead || !hasAnswered) throw error
      return {kind: 'failed', error}
    }
  }
  const send = <T>(call: Call, read: (answer: IncomingMessage) => Promise<T>): Promise<T> =>
    retry(() => attempt(call, read), limits, call.signal)
  const readText = (call: Call) => send(call, answer => wholeText(answer, timeoutMs))
  return {
    /** The answer as soon as it begins: for a watch. */
    open: (call: Call) => send({...call, isWatch: true}, async answer => answer),
    text: readText,
    // biome-ignore lint/suspicious/noExplicitAny: JSON as the server gives it
    json: async (call: Call): Promise<any> => JSON.parse(await readText(call)),
    count: () => requests,
    serverNowMs: () => (clockAheadMs === undefined ? undefined : performance.now() + clockAheadMs),
    close: () => connection.close(),
  }
}

/** Large lists take longer than a first byte, but not for ever. */
async function wholeText(answer: IncomingMessage, timeoutMs: number): Promise<string> {
  const stalled = Object.assign(new Error('the answer stopped half-way'), {code: 'ETIMEDOUT'})
  const timer = setTimeout(() => answer.destroy(stalled), 4 * timeoutMs)
  return text(answer).finally(() => clearTimeout(timer))
}

/** Node's own errors have a code; ours say already what is wrong. */
function isConnectionFault(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause
}

function headersOf(call: Call, userAgent: string): Record<string, string> {
  return {
    accept: call.accept ?? 'application/json',
    'user-agent': userAgent,
    ...(call.body === undefined ? {} : {'content-type': call.contentType ?? 'application/json'}),
  }
}

/** How far the server's clock is ahead of ours, which no one sets while we run. */
function clockIn(answer: IncomingMessage): number | undefined {
  const serverMs = Date.parse(answer.headers.date ?? '')
  return Number.isFinite(serverMs) ? serverMs - performance.now() : undefined
}

function pauseWish(answer: IncomingMessage): {pauseMs?: number} {
  const seconds = Number(answer.headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? {pauseMs: seconds * 1000} : {}
}
