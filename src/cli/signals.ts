/** Signals end a run in order: what was touched goes back. */
export type Signals = {
  signal: AbortSignal
  /** The terminal is gone: what is under way is finished, nothing more is begun. */
  hasHungUp(): boolean
  dispose(): void
}

const handled = ['SIGINT', 'SIGTERM'] as const

/** The first SIGINT or SIGTERM asks for an orderly end, the third one ends at once. */
export function listenForSignals(onSignal: (signal: string) => void, endNow: () => never): Signals {
  const ending = new AbortController()
  let count = 0
  let isHungUp = false
  const listener = (signal: NodeJS.Signals) => {
    count += 1
    if (count >= 3) endNow()
    onSignal(signal)
    if (!ending.signal.aborted) ending.abort(signal)
  }
  const hangUp = () => {
    isHungUp = true
  }
  for (const name of handled) process.on(name, listener)
  process.on('SIGHUP', hangUp)
  return {
    signal: ending.signal,
    hasHungUp: () => isHungUp,
    dispose() {
      for (const name of handled) process.off(name, listener)
      process.off('SIGHUP', hangUp)
    },
  }
}
