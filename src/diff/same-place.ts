/**
 * What earlier values hold at the places of private ones: yesterday's password, which no file holds any more.
 * @param isPublicKey tells keys of the repository from those that stood beside private ones and are gone
 */
export function valuesAtPlaces(
  earlier: unknown,
  places: unknown,
  isPublicKey: (key: string) => boolean,
): unknown[] {
  if (!isMap(earlier) || !isMap(places)) return []
  return Object.entries(places).flatMap(([key, place]) =>
    key in earlier ? valuesBelow(earlier[key], place, isPublicKey) : [],
  )
}

function valuesBelow(earlier: unknown, place: unknown, isPublicKey: (key: string) => boolean): unknown[] {
  if (!isMap(place)) return [earlier]
  if (!isMap(earlier)) return []
  return Object.entries(earlier).flatMap(([key, value]) => {
    if (key in place) return valuesBelow(value, place[key], isPublicKey)
    return isPublicKey(key) ? [] : [value]
  })
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
