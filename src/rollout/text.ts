/** A time as Kubernetes writes it, in epoch ms. */
export function timeOf(text: string | null | undefined): number | undefined {
  const timeMs = text ? Date.parse(text) : Number.NaN
  return Number.isNaN(timeMs) ? undefined : timeMs
}

/** Kubernetes' own words, short enough to print and without credentials (peers.md §3, case 15). */
export function evidenceOf(...parts: readonly (string | undefined | null)[]): string {
  const text = parts.filter(Boolean).join(': ').replace(/\s+/g, ' ').trim()
  const masked = text
    .replace(/\/\/[^/\s:@]+:[^/\s@]+@/g, '//***@')
    .replace(/\b(Bearer|Basic) [\w.~+/=-]{8,}/gi, '$1 ***')
    .replace(/([?&](?:token|access_token|sig|signature|X-Amz-[\w-]+)=)[^&\s"]+/gi, '$1***')
  return masked.length <= 600 ? masked : `${masked.slice(0, 599)}…`
}

/** `4 s`, `3 min`. */
export function shortDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  if (seconds < 120) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
}
