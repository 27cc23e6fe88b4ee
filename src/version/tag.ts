/** The parts of an image reference: `registry/name:tag@digest`. */
export type ImageParts = {name: string; tag: string | undefined; digest: string | undefined}

export function splitImage(image: string): ImageParts {
  const [withoutDigest = '', digest] = image.split('@', 2)
  // A colon before the last slash is a registry's port.
  const colon = withoutDigest.lastIndexOf(':')
  const hasTag = colon > withoutDigest.lastIndexOf('/')
  return {
    name: hasTag ? withoutDigest.slice(0, colon) : withoutDigest,
    tag: hasTag ? withoutDigest.slice(colon + 1) : undefined,
    digest,
  }
}

/** The tag with its digest, if it has one; empty for an image without either. */
export function fullTag(image: string): string {
  const {tag, digest} = splitImage(image)
  return digest === undefined ? (tag ?? '') : `${tag ?? ''}@${digest}`
}

/** `name:tag`; a digest alone is `@sha256:…`. */
export function withTag(name: string, tag: string): string {
  return tag.startsWith('@') ? `${name}${tag}` : `${name}:${tag}`
}

/**
 * Whether a text can be an image's tag, with or without a digest.
 * Source: the OCI distribution specification, "Pulling manifests": `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
 */
export function isTag(text: string): boolean {
  return /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}(@sha256:[0-9a-f]{64})?$/.test(text)
}
