/** Signals end a run in order: what was touched goes back. */
export type Signals = {
  signal: AbortSignal
  /** The terminal is gone, or a person said so: what is under way is finished, nothing more is begun. */
  hasHungUp(): boolean
  dispose(): void
}

export type InterruptAnswer = 'undo' | 'stop' | 'go-on'

export type SignalReactions = {
  onSignal(signal: string): void
  /** The second one. */
  onAgain(): void
  /** The third one: no more waiting. */
  endNow(): never
  /** What a first Ctrl-C means; nothing where nobody is to be asked: then everything goes back. */
  ask?(giveUp: AbortSignal): Promise<InterruptAnswer> | undefined
}

/** What is said at the second signal. */
export const AGAIN = 'interrupted again; a third time ends it at once'

const handled = ['SIGINT', 'SIGTERM'] as const

/**
 * A first Ctrl-C may ask what it means; the second one, and any SIGTERM, asks for an orderly end; the third one ends at once.
 */
export function listenForSignals({onSignal, onAgain, endNow, ask}: SignalReactions): Signals {
  const ending = new AbortController()
  let count = 0
  let isHungUp = false
  const end = (signal: NodeJS.Signals) => {
    if (!ending.signal.aborted) ending.abort(signal)
  }
  const decide = (answer: InterruptAnswer) => {
    if (ending.signal.aborted) return
    if (answer === 'undo') end('SIGINT')
    else if (answer === 'stop') isHungUp = true
    else count = 0
  }
  const listener = (signal: NodeJS.Signals) => {
    count += 1
    if (count >= 3) endNow()
    if (count === 1) onSignal(signal)
    else onAgain()
    const asking = signal === 'SIGINT' && count === 1 ? ask?.(ending.signal) : undefined
    if (asking === undefined) end(signal)
    else asking.then(decide, () => end(signal))
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
