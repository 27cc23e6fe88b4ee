import {parseAllDocuments} from 'yaml'
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

/** Values of private files, and where in the values of a release they stand. */
export type PrivateValues = {values: readonly string[]; places: readonly unknown[]}

/** Every value of a private file, as it is written; of one that is no YAML (an error may quote it) every line counts. */
export function privateValuesOf(text: string): PrivateValues {
  const documents = parseTexts(text)
  if (documents === undefined) return {values: distinctValues(text.split('\n').flatMap(wordsOf)), places: []}
  const parts = documents.map(privatePartOf)
  return {values: collectTexts(parts), places: parts.filter((part, index) => part === documents[index])}
}

/** Every text in values, and of long ones the parts that look secret. */
export function collectTexts(values: unknown): string[] {
  return distinctValues(textsIn(values))
}

/** Nothing but texts: a number is printed as it was written. `undefined` for what is no YAML. */
function parseTexts(text: string): unknown[] | undefined {
  try {
    const documents = parseAllDocuments(text, {schema: 'failsafe', uniqueKeys: false, logLevel: 'error'})
    if (documents.some(document => document.errors.length > 0)) return undefined
    return documents.map(document => document.toJS())
  } catch {
    return undefined
  }
}

/** A kubeconfig says where a cluster is, which is no secret, and proves who one is there. */
function privatePartOf(values: unknown): unknown {
  const {kind, users} = (values ?? {}) as {kind?: unknown; users?: unknown}
  if (kind !== 'Config' || !Array.isArray(users)) return values
  return users.map(({user}) => [user?.token, user?.password, user?.['client-key-data']])
}

function wordsOf(line: string): string[] {
  const value = /^[^:=]*[:=]\s*(.*?)[\s,;]*$/.exec(line)?.[1] ?? ''
  return [line, unquoted(value)]
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
    .flatMap(line => [...assignedValue(line), ...credentialsIn(line), ...keyMaterial(line, text)])
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

/** Any long run of base64; inside a PEM block the last line is shorter. */
function keyMaterial(line: string, block: string): string[] {
  const text = line.trim()
  const isKey = /^[A-Za-z\d+/]{40,}={0,2}$/.test(text)
  return isKey || (PEM.test(block) && /^[A-Za-z\d+/]+={0,2}$/.test(text)) ? [text] : []
}

const PEM = /-----BEGIN [A-Z ]+-----/

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2')
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'bigint') return [String(value)]
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
