import {type Doom, type Verdict, workloadKey} from './verdict.ts'

/** Since when each suspicion lasts, by workload; a plain value that is handed from one reading to the next. */
export type Patience = ReadonlyMap<string, Watched>

type Watched = {
  /** The most that was reached: updated and ready pods together. */
  bestProgress: number
  /** When it last got on. */
  progressedAtMs: number
  suspicions: ReadonlyMap<string, {sinceMs: number; seenAtMs: number; wasMissing: boolean}>
}

export const NO_PATIENCE_USED: Patience = new Map()

/** A suspicion comes and goes with the kubelet's attempts: one that was missing for less than this is still the same. */
const FORGET_AFTER_MS = 5_000

/**
 * Turn suspicions that outlast their grace into doom. The clock starts again whenever the workload gets on, so that a quota
 * which is tight only while pods are exchanged one by one never fails a rollout (peers.md §3, case 9).
 */
export function losePatience(
  patience: Patience,
  verdicts: readonly Verdict[],
  nowMs: number,
): {verdicts: Verdict[]; patience: Patience} {
  const next = new Map(patience)
  const judged = verdicts.map(verdict => {
    const key = workloadKey(verdict.progress.workload)
    const watched = watch(patience.get(key), verdict, nowMs)
    next.set(key, watched)
    if (verdict.kind !== 'suspicious') return verdict
    const sinceMs = Math.max(
      watched.suspicions.get(verdict.doom.reason)?.sinceMs ?? nowMs,
      watched.progressedAtMs,
    )
    if (nowMs - sinceMs < verdict.graceMs) return verdict
    return {
      kind: 'doomed' as const,
      progress: verdict.progress,
      doom: outlasted(verdict.doom, sinceMs, verdict.graceMs),
    }
  })
  return {verdicts: judged, patience: next}
}

function watch(before: Watched | undefined, verdict: Verdict, nowMs: number): Watched {
  const reached = verdict.progress.updated + verdict.progress.ready
  const hasProgressed = before !== undefined && reached > before.bestProgress
  const reason = verdict.kind === 'suspicious' ? verdict.doom.reason : undefined
  const suspicions = new Map(
    [...(before?.suspicions ?? [])].map(([each, held]) => [each, {...held, wasMissing: each !== reason}]),
  )
  if (reason !== undefined) {
    const held = before?.suspicions.get(reason)
    const isSame = held !== undefined && (!held.wasMissing || nowMs - held.seenAtMs < FORGET_AFTER_MS)
    suspicions.set(reason, {sinceMs: isSame ? held.sinceMs : nowMs, seenAtMs: nowMs, wasMissing: false})
  }
  return {
    bestProgress: Math.max(reached, before?.bestProgress ?? reached),
    progressedAtMs: before === undefined || hasProgressed ? nowMs : before.progressedAtMs,
    suspicions,
  }
}

/** It becomes decisive when the grace is over: that is the moment a verdict is measured from. */
function outlasted(doom: Doom, sinceMs: number, graceMs: number): Doom {
  const seconds = Math.round(graceMs / 1000)
  return {...doom, message: `${doom.message} (for ${seconds} s now)`, shownAtMs: sinceMs + graceMs}
}
