/** `10s` → 10000. The text has been checked against the schema's pattern, or comes from a flag that was. */
export function durationMs(text: string): number {
  const unitMs = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  return match ? Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]) : Number.NaN
}
