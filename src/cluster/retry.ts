import {setTimeout as sleep} from 'node:timers/promises'

export type RetryLimits = {
  /** No new attempt later than this after the first one. */
  forMs: number
  firstPauseMs: number
  longestPauseMs: number
}

export const DEFAULT_RETRY: RetryLimits = {forMs: 10_000, firstPauseMs: 100, longestPauseMs: 2_000}

/** What one attempt came to; `pauseMs` is the server's own wish (Retry-After). */
export type Attempt<T> = {kind: 'done'; value: T} | {kind: 'failed'; error: unknown; pauseMs?: number}

/** Try until it is done, the error is final (thrown by `attempt`) or the time is over. */
export async function retry<T>(
  attempt: () => Promise<Attempt<T>>,
  limits: RetryLimits,
  signal?: AbortSignal,
): Promise<T> {
  const endMs = performance.now() + limits.forMs
  let pauseMs = limits.firstPauseMs
  while (true) {
    const result = await attempt()
    if (result.kind === 'done') return result.value
    const waitMs = result.pauseMs ?? pauseMs * (0.5 + Math.random())
    if (performance.now() + waitMs > endMs) throw result.error
    await sleep(waitMs, undefined, signal === undefined ? {} : {signal})
    pauseMs = Math.min(pauseMs * 2, limits.longestPauseMs)
  }
}
