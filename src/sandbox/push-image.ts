import {DeployError} from '../errors.ts'
import {digestOf, type ImageContent} from './image-content.ts'

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

/**
 * Put an image into the sandbox's registry, as a CI would.
 * @param registry `http://127.0.0.1:PORT`
 * @returns its digest
 */
export async function pushImage(
  registry: string,
  repository: string,
  tag: string,
  content: ImageContent,
): Promise<string> {
  await Promise.all(
    [content.layer, content.configOf(repository, tag)].map(blob => pushBlob(registry, repository, blob)),
  )
  return pushTag(registry, repository, tag, content)
}

/** Put those of the wanted images there that are missing. Says how many were. */
export async function pushMissing(
  registry: string,
  wanted: ReadonlyMap<string, readonly string[]>,
  content: ImageContent,
): Promise<number> {
  const pushed = await Promise.all(
    [...wanted].map(async ([repository, tags]) => {
      const there = new Set(await tagsOf(registry, repository))
      const missing = tags.filter(tag => !there.has(tag))
      const configs = missing.map(tag => content.configOf(repository, tag))
      const blobs = new Map(
        [...configs, ...(missing.length > 0 ? [content.layer] : [])].map(blob => [digestOf(blob), blob]),
      )
      await Promise.all([...blobs.values()].map(blob => pushBlob(registry, repository, blob)))
      await Promise.all(missing.map(tag => pushTag(registry, repository, tag, content)))
      return missing.length
    }),
  )
  return pushed.reduce((sum, count) => sum + count, 0)
}

async function tagsOf(registry: string, repository: string): Promise<string[]> {
  const response = await fetch(`${registry}/v2/${repository}/tags/list?n=10000`)
  const body = (await response.json()) as {tags?: string[] | null}
  return response.ok ? (body.tags ?? []) : []
}

async function pushBlob(registry: string, repository: string, blob: Buffer): Promise<void> {
  const doing = `push a blob of ${repository}`
  const known = await fetch(`${registry}/v2/${repository}/blobs/${digestOf(blob)}`, {method: 'HEAD'})
  if (known.ok) return
  const begun = await send(`${registry}/v2/${repository}/blobs/uploads/`, {method: 'POST'}, doing)
  const place = new URL(begun.headers.get('location') ?? '', registry)
  place.searchParams.set('digest', digestOf(blob))
  const headers = {'content-type': 'application/octet-stream'}
  await send(place.href, {method: 'PUT', body: new Uint8Array(blob), headers}, doing)
}

/** Of an image whose blobs are there. */
async function pushTag(
  registry: string,
  repository: string,
  tag: string,
  content: ImageContent,
): Promise<string> {
  const config = content.configOf(repository, tag)
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {mediaType: 'application/vnd.oci.image.config.v1+json', ...described(config)},
    // Not compressed: the bytes, and so the digest, would be another zlib's.
    layers: [{mediaType: 'application/vnd.oci.image.layer.v1.tar', ...described(content.layer)}],
    // What makes the digests of two tags differ.
    annotations: {
      'org.opencontainers.image.title': repository,
      'org.opencontainers.image.version': tag,
    },
  })
  const url = `${registry}/v2/${repository}/manifests/${tag}`
  const init = {method: 'PUT', body: manifest, headers: {'content-type': MANIFEST_TYPE}}
  await send(url, init, `push ${repository}:${tag}`)
  return digestOf(Buffer.from(manifest))
}

async function send(url: string, init: RequestInit, doing: string): Promise<Response> {
  const response = await fetch(url, init)
  if (response.ok) return response
  throw new DeployError(
    'unreachable',
    `${doing}: the registry said ${response.status}: ${await response.text()}`,
    {
      hint: 'deploy sandbox status shows what runs; deploy sandbox down and up starts afresh',
    },
  )
}

function described(blob: Buffer): {digest: string; size: number} {
  return {digest: digestOf(blob), size: blob.length}
}
