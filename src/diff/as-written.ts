import {encodeBase64} from './secret-values.ts'

/**
 * Whether a live object holds everything that a manifest says, as far as that can be told without the server: `false` may
 * be mere spelling (`1000m` is `1`), which only the server knows. What the manifest does not name may be anything.
 */
export function isAsWritten(written: unknown, live: unknown): boolean {
  if (Object.is(written, live) || isEmpty(written)) return true
  if (Array.isArray(written)) return Array.isArray(live) && isSequenceAsWritten(written, live)
  if (!isMapping(written) || !isMapping(live)) return false
  return Object.entries(written).every(([key, value]) => isAsWritten(value, live[key]))
}

/** A Secret's `stringData` is only a way to write its `data`. */
export function withStoredData(body: Record<string, unknown>): Record<string, unknown> {
  const {stringData, ...rest} = body
  if (!isMapping(stringData)) return body
  const encoded = Object.entries(stringData).map(([key, value]) => [key, encodeBase64(textOf(value))])
  return {...rest, data: {...(isMapping(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded)}}
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

/** A live object without what the server or its controllers keep there. */
export function withoutServerFields(body: Record<string, unknown>): Record<string, unknown> {
  const {status: _status, metadata, ...rest} = body
  if (!isMapping(metadata)) return rest
  const kept = Object.entries(metadata).filter(([key]) => !SERVER_METADATA.has(key))
  return {...rest, metadata: Object.fromEntries(kept)}
}

const SERVER_METADATA = new Set([
  'managedFields',
  'resourceVersion',
  'generation',
  'uid',
  'creationTimestamp',
  'selfLink',
])

// Items with names are found by them: others may have been added.
function isSequenceAsWritten(written: readonly unknown[], live: readonly unknown[]): boolean {
  const areNamed = written.every(item => isMapping(item) && typeof item.name === 'string')
  if (!areNamed && written.length !== live.length) return false
  return written.every((item, index) => {
    const found = areNamed ? live.find(other => isMapping(other) && other.name === nameOf(item)) : live[index]
    return isAsWritten(item, found)
  })
}

function nameOf(item: unknown): unknown {
  return isMapping(item) ? item.name : undefined
}

/** The server drops these; anything else that is missing was taken away. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (Array.isArray(value)) return value.length === 0
  return isMapping(value) && Object.values(value).every(isEmpty)
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
