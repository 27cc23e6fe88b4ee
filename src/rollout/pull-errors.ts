import type {DefiniteReason} from './verdict.ts'

/** What a failed pull means: a definite answer of the registry, or a fault that may pass. */
export type PullFault = Extract<DefiniteReason, `image-${string}`> | 'registry-fault'

/**
 * The kubelet hands on what the container runtime and the registry said as text, and nothing else tells them apart:
 * this table is the only place that reads it. The first line that matches decides, so the faults that may pass come first
 * (containerd wraps "failed to authorize" around a token server that is down).
 */
const PATTERNS: readonly {pattern: RegExp; means: PullFault}[] = [
  // net and net/http of Go, as containerd, CRI-O and dockerd pass them on
  {
    pattern: /dial tcp|i\/o timeout|connection refused|connection reset|broken pipe/i,
    means: 'registry-fault',
  },
  {
    pattern: /no such host|server misbehaving|temporary failure in name resolution/i,
    means: 'registry-fault',
  },
  {
    pattern: /TLS handshake timeout|x509:|tls: |server gave HTTP response to HTTPS client/i,
    means: 'registry-fault',
  },
  {
    pattern: /deadline exceeded|context canceled|request canceled|Client\.Timeout/i,
    means: 'registry-fault',
  },
  {pattern: /\bunexpected EOF\b|: EOF$|no space left on device/i, means: 'registry-fault'},
  // HTTP: 429 and every 5xx
  {pattern: /toomanyrequests|too many requests|pull rate limit/i, means: 'registry-fault'},
  {
    pattern: /\b5\d\d (internal server error|bad gateway|service unavailable|gateway time-?out)/i,
    means: 'registry-fault',
  },
  {
    pattern: /(status|status code|response)[^:]{0,200}: 5\d\d\b|\bStatusCode: 5\d\d\b/i,
    means: 'registry-fault',
  },
  // the name itself (github.com/distribution/reference)
  {
    pattern: /invalid reference format|couldn't parse image (name|reference)|repository name must be/i,
    means: 'image-name-invalid',
  },
  // kubelet with imagePullPolicy: Never
  {pattern: /is not present with pull policy of Never/i, means: 'image-never-pulled'},
  // Docker Hub's words for "not there, or private": nobody outside can tell which
  {pattern: /repository does not exist or may require authorization/i, means: 'image-denied'},
  // distribution's error codes DENIED and UNAUTHORIZED
  {
    pattern: /insufficient_scope|authorization failed|authentication required|no basic auth credentials/i,
    means: 'image-denied',
  },
  {
    pattern: /access (to the resource is )?denied|\bdenied:|\b401 Unauthorized|\b403 Forbidden/i,
    means: 'image-denied',
  },
  // MANIFEST_UNKNOWN, NAME_UNKNOWN, and an image without a build for this node
  {pattern: /manifest unknown|name unknown|manifest for .* not found/i, means: 'image-not-found'},
  {pattern: /no match(ing manifest)? for (platform|linux)/i, means: 'image-not-found'},
  {pattern: /:\s*not found\b|\bcode = NotFound\b|\b404 Not Found/i, means: 'image-not-found'},
]

/** `undefined` when the text says nothing of a cause ("Back-off pulling image"). */
export function pullFaultOf(text: string): PullFault | undefined {
  return PATTERNS.find(({pattern}) => pattern.test(text))?.means
}
