import type {IncomingMessage} from 'node:http'
import type {ApiObject} from '../rollout/verdict.ts'
import {type Asked, faultOfConnection, faultOfStatus} from './faults.ts'

export type WatchEvent = {type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: ApiObject}

/**
 * The events of a watch: one JSON document a line
 * (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
 * An ERROR event is thrown as the fault its Status stands for; 410 is an ExpiredError.
 */
export async function* readWatchEvents(
  answer: IncomingMessage,
  asked: Asked,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  try {
    for await (const line of lines(answer)) {
      const event: {type: string; object: ApiObject & {code?: number}} = JSON.parse(line)
      if (event.type === 'ERROR')
        throw faultOfStatus(event.object.code ?? 500, JSON.stringify(event.object), asked)
      yield event as WatchEvent
    }
  } catch (error) {
    if (signal.aborted) return
    throw isNodeError(error) ? faultOfConnection(error, asked) : error
  } finally {
    answer.destroy()
  }
}

async function* lines(answer: IncomingMessage): AsyncGenerator<string> {
  answer.setEncoding('utf8')
  let rest = ''
  for await (const chunk of answer) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    yield* parts.filter(part => part !== '')
  }
}

function isNodeError(error: unknown): boolean {
  return error instanceof Error && 'code' in error
}
