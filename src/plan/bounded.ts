const TEXT_CHARS = 600
const LIST_LENGTH = 20

/** The same value with long texts and lists cut, so that a record of it stays small. The end of a log is what counts. */
export function bounded<T>(value: T): T {
  return cut(value) as T
}

function cut(value: unknown): unknown {
  if (typeof value === 'string') return value.length > TEXT_CHARS ? `${value.slice(0, TEXT_CHARS)}…` : value
  if (Array.isArray(value)) return value.slice(-LIST_LENGTH).map(cut)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cut(inner)]))
}
