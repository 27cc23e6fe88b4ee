import type {KubernetesObject} from './kubernetes-object.ts'
import {mapTexts} from './map-texts.ts'
import type {TextMask} from './mask-text.ts'
import {decodeBase64} from './secret-values.ts'

/** A keyed digest (HMAC), given by the caller: shows that a value changed, without letting anyone guess it. */
export type Digest = (value: string) => string

/**
 * The objects with every value of every Secret masked, and what `mask` hides wherever else it stands. To be done before
 * anything is compared, shown or recorded.
 */
export function redactObjects(
  objects: readonly KubernetesObject[],
  digest: Digest,
  mask: TextMask = text => text,
): KubernetesObject[] {
  return objects.map(object => redactObject(object, digest, mask))
}

function redactObject(object: KubernetesObject, digest: Digest, mask: TextMask): KubernetesObject {
  const {data, stringData, ...rest} = object.body
  const isSecret = object.kind === 'Secret'
  const texts = isSecret ? withoutCopies(rest, digest) : object.body
  // With its digest: a change of what is hidden has to be seen.
  const body = mapTexts(texts, text => mask(text, hidden => maskPlain(hidden, digest)))
  if (!isSecret) return {...object, body}
  return {
    ...object,
    body: {
      ...body,
      ...(data === undefined ? {} : {data: maskValues(data, value => maskEncoded(value, digest))}),
      ...(stringData === undefined
        ? {}
        : {stringData: maskValues(stringData, value => maskPlain(value, digest))}),
    },
  }
}

/** kubectl keeps the whole object, values included, in an annotation. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

function withoutCopies(body: KubernetesObject['body'], digest: Digest): KubernetesObject['body'] {
  const {metadata} = body
  const copy = metadata?.annotations?.[LAST_APPLIED]
  if (copy === undefined) return body
  const annotations = {...metadata.annotations, [LAST_APPLIED]: maskPlain(copy, digest)}
  return {...body, metadata: {...metadata, annotations}}
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

export {makeMask, maskText, type TextMask} from './mask-text.ts'
export {collectSecretValues} from './secret-values.ts'
