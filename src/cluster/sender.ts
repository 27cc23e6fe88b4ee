import type {IncomingMessage} from 'node:http'
import {text} from 'node:stream/consumers'
import {DeployError} from '../errors.ts'
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
}

/** Sends calls over a connection, counts them, retries what may pass, and turns bad answers into faults. */
export function makeSender(connection: Connection, options: SenderOptions) {
  const limits = options.retry ?? DEFAULT_RETRY
  let requests = 0
  // An address that never answered is probably wrong: said at once. One that did is worth some patience.
  let hasAnswered = false

  const attempt = async (call: Call): Promise<Attempt<IncomingMessage>> => {
    const isRead = (call.method ?? 'GET') === 'GET'
    let answer: IncomingMessage
    try {
      requests += 1
      answer = await connection.send({
        method: call.method ?? 'GET',
        path: call.path,
        headers: headersOf(call, options.userAgent ?? 'deploy'),
        timeoutMs: options.timeoutMs ?? 15_000,
        ...(call.body === undefined ? {} : {body: JSON.stringify(call.body)}),
        ...(call.signal === undefined ? {} : {signal: call.signal}),
      })
    } catch (cause) {
      if (call.signal?.aborted || cause instanceof DeployError) throw cause
      const error = faultOfConnection(cause, call.asked)
      if (!isRead || !hasAnswered) throw error
      return {kind: 'failed', error}
    }
    hasAnswered = true
    const status = answer.statusCode ?? 0
    if (status < 300) return {kind: 'done', value: answer}
    const error = faultOfStatus(status, await text(answer), call.asked)
    // 429 is said before anything is done, so writes may be tried again as well.
    const isPassing = status === 429 || (isRead && status >= 500)
    if (!isPassing) throw error
    return {kind: 'failed', error, ...pauseWish(answer)}
  }

  const send = (call: Call) => retry(() => attempt(call), limits, call.signal)
  const readBody = async (call: Call) => {
    const answer = await send(call)
    return text(answer).catch(cause => {
      throw call.signal?.aborted ? cause : faultOfConnection(cause, call.asked)
    })
  }
  return {
    send,
    text: readBody,
    // biome-ignore lint/suspicious/noExplicitAny: JSON as the server gives it
    json: async (call: Call): Promise<any> => JSON.parse(await readBody(call)),
    count: () => requests,
    close: () => connection.close(),
  }
}

function headersOf(call: Call, userAgent: string): Record<string, string> {
  return {
    accept: call.accept ?? 'application/json',
    'user-agent': userAgent,
    ...(call.body === undefined ? {} : {'content-type': call.contentType ?? 'application/json'}),
  }
}

function pauseWish(answer: IncomingMessage): {pauseMs?: number} {
  const seconds = Number(answer.headers['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? {pauseMs: seconds * 1000} : {}
}
