import type {DoomReason} from './verdict.ts'

/**
 * Why a controller's pod is refused, by the API server's words (the FailedCreate of a ReplicaSet, StatefulSet, DaemonSet, Job).
 * A quota is often tight only while old and new pods stand side by side (krane #173), and a webhook may be down for a moment;
 * what a policy or the API's own validation refuses once it refuses for ever.
 */
const PATTERNS: readonly {pattern: RegExp; reason: DoomReason; sentence: string}[] = [
  {
    pattern: /exceeded quota/i,
    reason: 'quota-exceeded',
    sentence: "the namespace's quota has no room for more pods",
  },
  {
    pattern:
      /failed calling webhook|failed to call webhook|no endpoints available|connection refused|timeout/i,
    reason: 'admission-fault',
    sentence: 'an admission webhook does not answer, so pods cannot be made',
  },
  {
    pattern: /denied the request|denied request|violates PodSecurity/i,
    reason: 'admission-refused',
    sentence: "the cluster's policy refuses the pods",
  },
  {
    pattern: /is invalid:|Unsupported value|must be (less|no more|specified)|: Forbidden: /,
    reason: 'admission-refused',
    sentence: 'the API server refuses the pods as invalid',
  },
  {
    pattern: /(maximum|minimum) .* (usage|limit|request) per (Container|Pod)/i,
    reason: 'admission-refused',
    sentence: "the namespace's LimitRange refuses the pods",
  },
]

/** Anything not known is given time: a missing ServiceAccount may still be on its way. */
export function createErrorOf(message: string): {reason: DoomReason; sentence: string} {
  const known = PATTERNS.find(({pattern}) => pattern.test(message))
  return known ?? {reason: 'admission-fault', sentence: 'pods cannot be made'}
}
