import type {KubernetesObject} from './kubernetes-object.ts'

/** Shorter values are in too many innocent words to be masked. */
export const MIN_SECRET_CHARS = 8

/** Every value of every Secret, as written and decoded: what no output may hold. */
export function collectSecretValues(objects: readonly KubernetesObject[]): string[] {
  const texts = objects
    .filter(object => object.kind === 'Secret')
    .flatMap(({body}) => [
      ...textsIn(body.data).flatMap(text => [text, decodeBase64(text).text]),
      ...textsIn(body.stringData),
    ])
  return distinctValues(texts)
}

/** Every text in a private values file, already parsed: the same promise holds for those. */
export function collectPrivateValues(values: unknown): string[] {
  return distinctValues(textsIn(values))
}

/** The content of a base64 text; what is no base64 is its own content. */
export function decodeBase64(encoded: string): {text: string; byteLength: number} {
  const bytes = bytesOfBase64(encoded) ?? new TextEncoder().encode(encoded)
  return {text: utf8(bytes) ?? encoded, byteLength: bytes.length}
}

export function encodeBase64(text: string): string {
  return btoa(binaryString(new TextEncoder().encode(text)))
}

function distinctValues(texts: readonly string[]): string[] {
  const values = texts.flatMap(text => [text, ...partsOf(text)])
  return [...new Set(values)].filter(value => value.trim().length >= MIN_SECRET_CHARS)
}

/**
 * A Secret is often a whole configuration file, and a log prints one line of it. Not every line is secret, and
 * masking `localhost` everywhere would help nobody: a part counts if its name or its look says that it is one.
 */
function partsOf(text: string): string[] {
  if (!text.includes('\n')) return credentialsIn(text)
  return text
    .split('\n')
    .flatMap(line => [...assignedValue(line), ...credentialsIn(line), ...keyMaterial(line)])
}

function assignedValue(line: string): string[] {
  const match = /^[\s\-{,]*["']?([\w.-]+)["']?\s*(?:=>|[:=])\s*(.+?)[\s,;}]*$/.exec(line)
  const [name, value] = [match?.[1] ?? '', unquoted(match?.[2] ?? '')]
  return SECRET_NAME.test(name) || looksRandom(value) ? [value] : []
}

const SECRET_NAME = /pass|secret|token|key|credential|auth|salt|private|cookie|sign/i

function looksRandom(value: string): boolean {
  return value.length >= 16 && /^[\w+/=.~-]+$/.test(value) && /\d/.test(value) && /[A-Za-z]/.test(value)
}

/** The password in `scheme://user:password@host`. */
function credentialsIn(line: string): string[] {
  return [...line.matchAll(/:\/\/[^\s:/@]*:([^\s@]+)@/g)].map(match => match[1] ?? '')
}

/** A line of a PEM block, or any long run of base64. */
function keyMaterial(line: string): string[] {
  const text = line.trim()
  return /^[A-Za-z\d+/]{40,}={0,2}$/.test(text) ? [text] : []
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2')
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

function bytesOfBase64(encoded: string): Uint8Array | undefined {
  const compact = encoded.replace(/\s/g, '')
  if (compact.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(compact)) return undefined
  return Uint8Array.from(atob(compact), char => char.charCodeAt(0))
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
  } catch {
    return undefined
  }
}

/** In pieces: a function takes only so many arguments. */
function binaryString(bytes: Uint8Array): string {
  let text = ''
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192))
  }
  return text
}
