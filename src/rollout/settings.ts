import type {SuspicionReason} from './verdict.ts'

/** How much patience a judge has. */
export type RolloutSettings = {
  /** A container that ended badly so often since the rollout began is crash looping. */
  crashLoopExits: number
  /** How long a suspicion may last, without the workload getting on, before it counts as doom. */
  graceMs: Readonly<Record<SuspicionReason, number>>
}

/** What a person may say of it; the rest stays as it is. */
export type GivenRolloutSettings = {
  crashLoopExits?: number | undefined
  graceMs?: Partial<Record<SuspicionReason, number>>
}

export const DEFAULT_ROLLOUT_SETTINGS: RolloutSettings = {
  crashLoopExits: 2,
  graceMs: {
    // The kubelet tries again after 10, 20 and 40 s: this leaves three attempts.
    'registry-fault': 90_000,
    'config-not-synced': 60_000,
    'start-fault': 30_000,
    'exits-cleanly': 30_000,
    // A ReplicaSet that was refused once waits ever longer before it tries again (see held-up.ts).
    'quota-exceeded': 300_000,
    'admission-fault': 60_000,
    unschedulable: 60_000,
    // A volume that has to be detached elsewhere first takes the kubelet up to two minutes.
    'volume-fault': 120_000,
    'sandbox-fault': 60_000,
    'blocked-by-old-pod': 30_000,
    // Half of the ten minutes that helmfiles and Kubernetes itself give a rollout without progress.
    'not-ready': 300_000,
    'claim-pending': 120_000,
    // As long as for pods: an issuer or operator of its own has to work first.
    'condition-false': 300_000,
    'selects-no-pod': 60_000,
    'cannot-scale': 60_000,
  },
}

export function rolloutSettings(given: GivenRolloutSettings): RolloutSettings {
  const {crashLoopExits, graceMs} = DEFAULT_ROLLOUT_SETTINGS
  return {
    crashLoopExits: given.crashLoopExits ?? crashLoopExits,
    graceMs: {...graceMs, ...given.graceMs},
  }
}
