/** The same value with each of its texts changed, keys apart; what has no text to change stays the very same. */
export function mapTexts<T>(value: T, change: (text: string) => string): T {
  return mapAny(value, change) as T
}

function mapAny(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) {
    const mapped = value.map(one => mapAny(one, change))
    return mapped.some((one, index) => one !== value[index]) ? mapped : value
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const mapped = entries.map(([key, one]): [string, unknown] => [key, mapAny(one, change)])
  return mapped.some(([, one], index) => one !== entries[index]?.[1]) ? Object.fromEntries(mapped) : value
}
