/** Signals end a run in order: what was touched goes back. */
export type Signals = {signal: AbortSignal; dispose(): void}

const handled = ['SIGINT', 'SIGTERM'] as const

/**
 * The first SIGINT or SIGTERM asks for an orderly end, the third one ends at once.
 * A lost terminal (SIGHUP) is not a reason to leave anything half-done.
 */
export function listenForSignals(onSignal: (signal: string) => void, endNow: () => never): Signals {
  const ending = new AbortController()
  let count = 0
  const listener = (signal: NodeJS.Signals) => {
    count += 1
    if (count >= 3) endNow()
    onSignal(signal)
    if (!ending.signal.aborted) ending.abort(signal)
  }
  const ignore = () => {}
  for (const name of handled) process.on(name, listener)
  process.on('SIGHUP', ignore)
  return {
    signal: ending.signal,
    dispose() {
      for (const name of handled) process.off(name, listener)
      process.off('SIGHUP', ignore)
    },
  }
}
