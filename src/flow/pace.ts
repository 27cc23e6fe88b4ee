import {setTimeout as sleep} from 'node:timers/promises'

/** Of a core, for judging: a rollout of 500 pods brings something new every few milliseconds, each worth a look at all of them. */
const SHARE = 0.02
const LONGEST_REST_MS = 500
/** What wakes us waits as long anyway for more of its kind (cluster/follow.ts). */
const NO_REST_BELOW_MS = 50

/** Looks as often as there is something new, and less often the longer a look takes. */
export type Pace = {
  look<T>(act: () => Promise<T>): Promise<T>
  /** Before the next look. */
  rest(): Promise<void>
}

export function makePace(): Pace {
  let tookMs = 0
  return {
    async look(act) {
      const beganMs = performance.now()
      const seen = await act()
      tookMs = performance.now() - beganMs
      return seen
    },
    async rest() {
      const restMs = restAfter(tookMs)
      if (restMs > 0) await sleep(restMs)
    },
  }
}

/** How long to rest after a look that took so long; both in milliseconds. */
export function restAfter(tookMs: number): number {
  return Math.max(0, Math.min(LONGEST_REST_MS, tookMs / SHARE) - NO_REST_BELOW_MS)
}
