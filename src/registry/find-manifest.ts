import {createHash} from 'node:crypto'
import type {ImageAnswer} from '../plan/image-answers.ts'
import {nearestTags} from '../version/nearest-tags.ts'
import {DeniedError} from './authorize.ts'
import type {Response} from './exchange.ts'
import {manifestName} from './reference.ts'
import type {Repository} from './repository.ts'

const MANIFEST_TYPES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

/** How registries say that they do not have something: OCI's codes, and Harbor's. */
const UNKNOWN_CODES = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'TAG_UNKNOWN', 'NOT_FOUND'])

const MAX_TAG_PAGES = 5
/** More than are proposed: some may have been rolled back where they would go. */
const NEAREST = 12

/**
 * Ask a repository for the manifest of its image.
 * @throws DeniedError; any other error means that there was no usable answer
 */
export async function findManifest(repository: Repository): Promise<ImageAnswer> {
  const digest = await digestOf(repository, manifestName(repository.reference))
  if (digest !== undefined) return {kind: 'found', digest}
  return {kind: 'missing', nearest: await nearestTo(repository)}
}

/** The digest of a manifest; undefined when the registry says that there is none. */
async function digestOf(repository: Repository, name: string): Promise<string | undefined> {
  const path = `manifests/${name}`
  const head = await repository.get('HEAD', path, MANIFEST_TYPES)
  const said = head.headers['docker-content-digest']
  if (head.status === 200 && typeof said === 'string') return said
  // Some do not tell the digest, or know no HEAD; and why it is 404 is said in the body only.
  const answer = await repository.get('GET', path, MANIFEST_TYPES)
  if (answer.status === 200) return `sha256:${createHash('sha256').update(answer.body).digest('hex')}`
  if (isUnknown(answer)) return undefined
  if (answer.status === 401 || answer.status === 403)
    throw new DeniedError(`it does not permit to read ${repository.reference.repository}`)
  throw new Error(
    `it answered ${answer.status}${answer.status === 404 ? ', and not as a registry does' : ''}`,
  )
}

// Any web server says 404; only a registry says what it does not have.
function isUnknown({status, body}: Response): boolean {
  if (status !== 404) return false
  const {errors} = parse<{errors?: {code?: unknown}[]}>(body)
  return Array.isArray(errors) && errors.some(error => UNKNOWN_CODES.has(String(error?.code)))
}

async function nearestTo(repository: Repository): Promise<string[]> {
  const {tag, digest} = repository.reference
  try {
    if (digest === undefined) return nearestTags(tag ?? 'latest', await listTags(repository), NEAREST)
    // The tag beside a digest that is not there: it may have been built anew.
    const other = tag === undefined ? undefined : await digestOf(repository, tag)
    return other === undefined ? [] : [`${tag}@${other}`]
  } catch {
    // That it is missing is known already.
    return []
  }
}

/** The tags of a repository, as far as some pages go; none where it does not tell. */
export async function listTags(repository: Repository): Promise<string[]> {
  const tags: string[] = []
  let path: string | undefined = 'tags/list?n=1000'
  for (let page = 0; path !== undefined && page < MAX_TAG_PAGES; page++) {
    const answer: Response = await repository.get('GET', path, 'application/json')
    if (answer.status !== 200) break
    tags.push(...(parse<{tags?: string[] | null}>(answer.body).tags ?? []))
    path = /<([^>]+)>\s*;\s*rel="?next"?/i.exec(String(answer.headers.link ?? ''))?.[1]
  }
  return tags
}

function parse<T extends object>(body: Buffer): Partial<T> {
  try {
    return (JSON.parse(body.toString('utf8')) ?? {}) as Partial<T>
  } catch {
    return {}
  }
}
