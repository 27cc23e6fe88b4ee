/** Something to wait on until anything happens: many may wake it, one waits. */
export type Wake = {
  now(): void
  /** Resolves at the next `now()`, or when the time is over. */
  next(timeoutMs: number): Promise<void>
}

export function makeWake(): Wake {
  let isSet = false
  let resume: (() => void) | undefined
  return {
    now() {
      isSet = true
      resume?.()
    },
    async next(timeoutMs) {
      if (!isSet) {
        await new Promise<void>(resolve => {
          const timer = setTimeout(resolve, timeoutMs)
          resume = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        resume = undefined
      }
      isSet = false
    },
  }
}
