/** Of a core, for judging: a rollout of 500 pods brings something new every few milliseconds, each worth a look at all of them. */
const SHARE = 0.02
/** So much may be spent at any time: a small rollout is looked at whenever there is something new. */
const CREDIT_MS = 60
const LONGEST_REST_MS = 500

/** Looks as often as there is something new, and less often where that would take more than its share. */
export type Pace = {
  look<T>(act: () => Promise<T>): Promise<T>
  /** Until the next look is due; 0 when it is. */
  restMs(): number
}

export function makePace(): Pace {
  const beganMs = performance.now()
  let spentMs = 0
  let dueAtMs = 0
  return {
    async look(act) {
      const before = process.cpuUsage()
      const seen = await act()
      const {user, system} = process.cpuUsage(before)
      spentMs += (user + system) / 1000
      const nowMs = performance.now()
      dueAtMs = nowMs + restAfter(spentMs, nowMs - beganMs)
      return seen
    },
    restMs: () => Math.max(0, dueAtMs - performance.now()),
  }
}

/**
 * How long to rest, in milliseconds.
 * @param spentMs of a processor, for all looks so far
 * @param elapsedMs since the first one began
 */
export function restAfter(spentMs: number, elapsedMs: number): number {
  const overdrawnMs = spentMs - CREDIT_MS - SHARE * elapsedMs
  return Math.max(0, Math.min(LONGEST_REST_MS, overdrawnMs / SHARE))
}
