/** How long something took or will take: `0.6 s`, `42 s`, `1 min 42 s`, `2 h 5 min`. */
export function durationText(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** A span that was set by someone: `10 s`, `1.5 s`, `10 min`. */
export function spanText(spanMs: number): string {
  if (spanMs % 60_000 === 0 && spanMs > 0) return `${spanMs / 60_000} min`
  return spanMs < 60_000 ? `${spanMs / 1000} s` : durationText(spanMs)
}

/** How old something is, in the words one would use. */
export function ageText(ageMs: number): string {
  return `${roughly(ageMs)} old`
}

export function agoText(ageMs: number): string {
  return `${roughly(ageMs)} ago`
}

function roughly(ageMs: number): string {
  const minutes = Math.floor(ageMs / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 120) return plural(minutes, 'minute')
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? plural(hours, 'hour') : plural(Math.floor(hours / 24), 'day')
}

/** `9:41`, as a clock counts down. */
export function clockText(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** `12:03:04`, UTC. */
export function timeOfDay(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19)
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
