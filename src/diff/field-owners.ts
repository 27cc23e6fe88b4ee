import {isSameValue} from './same-value.ts'

/** Who wrote fields of an object last, as the server noted it (`metadata.managedFields`). */
export type FieldOwner = {name: string; at: string | undefined}

/**
 * Who set the fields in which two states of an object differ, newest first.
 * @param managedFields of the live one
 */
export function ownersOfChanges(managedFields: unknown, before: unknown, live: unknown): FieldOwner[] {
  const entries: readonly Entry[] = Array.isArray(managedFields) ? managedFields : []
  const owners = entries
    .filter(entry => entry.subresource !== 'status' && differs(entry.fieldsV1, before, live))
    .map(entry => ({name: entry.manager ?? 'unknown', at: entry.time}))
    .toSorted((a, b) => (b.at ?? '').localeCompare(a.at ?? ''))
  return owners.filter((owner, index) => owners.findIndex(one => one.name === owner.name) === index)
}

type Entry = {manager?: string; time?: string; subresource?: string; fieldsV1?: unknown}

// `f:name` is a field, `k:{…}` the item of a list with these keys, `.` the thing itself; a field without any is a leaf.
function differs(fields: unknown, before: unknown, live: unknown): boolean {
  const keys = Object.entries(fields ?? {}).filter(([key]) => /^[fk]:/.test(key))
  if (keys.length === 0) return !isSameValue(before, live)
  return keys.some(([key, inner]) => differs(inner, child(before, key), child(live, key)))
}

function child(value: unknown, key: string): unknown {
  const name = key.slice(2)
  if (key.startsWith('f:')) return isObject(value) ? value[name] : undefined
  if (!Array.isArray(value)) return undefined
  const wanted = Object.entries(JSON.parse(name) as Record<string, unknown>)
  return value.find(item => isObject(item) && wanted.every(([field, is]) => isSameValue(item[field], is)))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
