import type {KubernetesObject} from './kubernetes-object.ts'
import {decodeBase64} from './secret-values.ts'

/** A keyed digest (HMAC), given by the caller: shows that a value changed, without letting anyone guess it. */
export type Digest = (value: string) => string

/** The objects with every value of every Secret masked. To be done before anything is compared, shown or recorded. */
export function redactObjects(objects: readonly KubernetesObject[], digest: Digest): KubernetesObject[] {
  return objects.map(object => redactObject(object, digest))
}

export function redactObject(object: KubernetesObject, digest: Digest): KubernetesObject {
  if (object.kind !== 'Secret') return object
  const {data, stringData, metadata} = object.body
  return {
    ...object,
    body: {
      ...object.body,
      ...(data === undefined ? {} : {data: maskValues(data, value => maskEncoded(value, digest))}),
      ...(stringData === undefined
        ? {}
        : {stringData: maskValues(stringData, value => maskPlain(value, digest))}),
      ...(metadata?.annotations === undefined ? {} : {metadata: withoutCopies(metadata, digest)}),
    },
  }
}

/** kubectl keeps the whole object, values included, in an annotation. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

function withoutCopies(metadata: {annotations: Record<string, string>}, digest: Digest) {
  const copy = metadata.annotations[LAST_APPLIED]
  if (copy === undefined) return metadata
  return {
    ...metadata,
    annotations: {...metadata.annotations, [LAST_APPLIED]: maskPlain(copy, digest)},
  }
}

function maskValues(values: unknown, mask: (value: string) => string): unknown {
  if (typeof values !== 'object' || values === null) return values
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, mask(textOf(value))]))
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function maskEncoded(encoded: string, digest: Digest): string {
  const {text, byteLength} = decodeBase64(encoded)
  return placeholder(byteLength, digest(text))
}

function maskPlain(value: string, digest: Digest): string {
  return placeholder(new TextEncoder().encode(value).length, digest(value))
}

function placeholder(byteLength: number, fingerprint: string): string {
  return `<hidden, ${byteLength} bytes, #${fingerprint.slice(0, 8)}>`
}

export {makeMask, maskText} from './mask-text.ts'
export {collectPrivateValues, collectSecretValues} from './secret-values.ts'
