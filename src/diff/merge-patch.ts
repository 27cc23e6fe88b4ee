import {isSameValue} from './same-value.ts'

/**
 * What makes one JSON value out of another (RFC 7396), as helm sends it for objects whose fields it does not know.
 * @returns nothing when they are the same
 */
export function createMergePatch(before: unknown, after: unknown): unknown {
  if (isSameValue(before, after)) return undefined
  if (!isMapping(before) || !isMapping(after)) return after
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  const entries = [...keys].flatMap((key): [string, unknown][] => {
    if (after[key] === undefined) return [[key, null]]
    const inner = createMergePatch(before[key], after[key])
    return inner === undefined ? [] : [[key, inner]]
  })
  return Object.fromEntries(entries)
}

/** A JSON value with such a patch in it. */
export function applyMergePatch(value: unknown, patch: unknown): unknown {
  if (patch === undefined) return value
  if (!isMapping(patch)) return patch
  const result: Record<string, unknown> = isMapping(value) ? {...value} : {}
  for (const [key, inner] of Object.entries(patch)) {
    if (inner === null) delete result[key]
    else result[key] = applyMergePatch(result[key], inner)
  }
  return result
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
