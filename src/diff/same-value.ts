/** Whether two JSON values are the same, whatever the order of their keys. A key set to undefined counts as absent. */
export function isSameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left) || Array.isArray(right)) return isSameSequence(left, right)
  return isSameMapping({...left}, {...right})
}

function isSameSequence(left: object, right: object): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
  return left.every((item, index) => isSameValue(item, right[index]))
}

function isSameMapping(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  const keys = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...keys].every(key => isSameValue(left[key], right[key]))
}
