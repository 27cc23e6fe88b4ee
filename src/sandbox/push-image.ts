import {createHash} from 'node:crypto'
import {DeployError} from '../errors.ts'

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

/**
 * Put a tiny image into the sandbox's registry, as a CI would. Its content depends on nothing but its name, so that
 * the same name has the same digest in every sandbox.
 * @param registry `http://127.0.0.1:PORT`
 * @returns its digest
 */
export async function pushImage(registry: string, repository: string, tag: string): Promise<string> {
  await pushBlobs(registry, repository)
  return pushManifest(registry, repository, tag)
}

/** Put those of the wanted images there that are missing. Says how many were. */
export async function pushMissing(
  registry: string,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<number> {
  const pushed = await Promise.all(
    [...wanted].map(async ([repository, tags]) => {
      const there = new Set(await tagsOf(registry, repository))
      const missing = tags.filter(tag => !there.has(tag))
      if (missing.length > 0) await pushBlobs(registry, repository)
      await Promise.all(missing.map(tag => pushManifest(registry, repository, tag)))
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

async function pushBlobs(registry: string, repository: string): Promise<void> {
  await Promise.all([CONFIG, LAYER].map(blob => pushBlob(registry, repository, blob)))
}

async function pushBlob(registry: string, repository: string, blob: Buffer): Promise<void> {
  const doing = `push a blob of ${repository}`
  const begun = await send(`${registry}/v2/${repository}/blobs/uploads/`, {method: 'POST'}, doing)
  const place = new URL(begun.headers.get('location') ?? '', registry)
  place.searchParams.set('digest', digestOf(blob))
  const headers = {'content-type': 'application/octet-stream'}
  await send(place.href, {method: 'PUT', body: new Uint8Array(blob), headers}, doing)
}

async function pushManifest(registry: string, repository: string, tag: string): Promise<string> {
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {mediaType: 'application/vnd.oci.image.config.v1+json', ...described(CONFIG)},
    layers: [{mediaType: 'application/vnd.oci.image.layer.v1.tar', ...described(LAYER)}],
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

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

// Not compressed: the bytes, and so the digest, would be another zlib's.
const LAYER = tarOf('README', 'An image of the sandbox. It is never run: the nodes are simulated.\n')
const CONFIG = Buffer.from(
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: {type: 'layers', diff_ids: [digestOf(LAYER)]},
  }),
)

/** An archive of one file. */
function tarOf(name: string, text: string): Buffer {
  const header = Buffer.alloc(512)
  const octal = (value: number, length: number) => value.toString(8).padStart(length - 1, '0')
  header.write(name, 0)
  header.write(octal(0o644, 8), 100)
  header.write(octal(0, 8), 108)
  header.write(octal(0, 8), 116)
  header.write(octal(Buffer.byteLength(text), 12), 124)
  header.write(octal(0, 12), 136)
  header.write('        0', 148)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 7)}\0 `, 148)
  const content = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512)
  content.write(text)
  return Buffer.concat([header, content, Buffer.alloc(1024)])
}
