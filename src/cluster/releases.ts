import {promisify} from 'node:util'
import {gunzip} from 'node:zlib'
import {DeployError} from '../errors.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import type {Cluster} from './client.ts'

/** One revision as the labels of helm's Secret tell, without reading what it holds. */
export type RevisionLabel = {
  namespace: string
  name: string
  revision: number
  status: string
  /** Epoch ms; helm writes it whenever the revision's status changes. */
  modifiedAtMs: number | undefined
  /** Epoch ms, by the API server's clock. */
  createdAtMs: number | undefined
}

/** One revision whole: helm's own record (helm.sh/helm/v3/pkg/release). */
export type ReleaseRevision = {
  namespace: string
  name: string
  revision: number
  status: string
  description: string
  isServerSideApplied: boolean
  chart: {name: string; version: string; appVersion: string | undefined}
  /** RFC 3339, helm's `last_deployed`. */
  updatedAt: string
  manifest: string
  /** As `helm get hooks` prints them. */
  hooks: string
  /** The values it was given. */
  config: Record<string, unknown>
}

export type ReleaseReading = {
  namespace: string
  name: string
  /** The newest revision, whatever its status. */
  latest: {revision: number; status: string; ageMs?: number}
  /** The newest revision whose status is `deployed`: the baseline of every difference. */
  deployed: ReleaseRevision | undefined
}

/** Every release of a namespace (or those named), each with its deployed revision read. Releases never installed are left out. */
export async function readReleases(
  cluster: Cluster,
  namespace: string,
  names?: readonly string[],
): Promise<ReleaseReading[]> {
  const labels = await listRevisions(cluster, namespace, names)
  return Promise.all(
    [...Map.groupBy(labels, label => label.name)].map(async ([name, revisions]) => {
      const [latest] = revisions
      // After a failed `helm rollback` none is called deployed; the newest that once was is what still runs.
      const deployed =
        revisions.find(each => each.status === 'deployed') ??
        revisions.find(each => each.status === 'superseded')
      return {
        namespace,
        name,
        latest: {
          revision: latest?.revision ?? 0,
          status: latest?.status ?? 'unknown',
          ...ageOf(latest, cluster.serverNowMs()),
        },
        deployed: deployed && (await readRevision(cluster, namespace, name, deployed.revision)),
      }
    }),
  )
}

function ageOf(revision: RevisionLabel | undefined, nowMs: number | undefined): {ageMs?: number} {
  return revision?.createdAtMs === undefined || nowMs === undefined
    ? {}
    : {ageMs: Math.max(0, nowMs - revision.createdAtMs)}
}

/**
 * The revisions helm keeps, newest first: one small request however many and large they are. Those that are superseded as well: the newest
 * may be one of them, where another one was removed by hand.
 */
export async function listRevisions(
  cluster: Cluster,
  namespace: string,
  names?: readonly string[],
): Promise<RevisionLabel[]> {
  const named = names === undefined ? '' : `,name in (${names.join(',')})`
  if (names?.length === 0) return []
  const {items} = await cluster.list(
    {kind: 'Secret', namespace},
    {labelSelector: `owner=helm${named}`, metadataOnly: true},
  )
  return items.flatMap(labelsOf).sort((a, b) => b.revision - a.revision)
}

/** One revision; `undefined` when helm no longer keeps it. */
export async function readRevision(
  cluster: Cluster,
  namespace: string,
  name: string,
  revision: number,
): Promise<ReleaseRevision | undefined> {
  const secretName = `sh.helm.release.v1.${name}.v${revision}`
  const secret = await cluster.get({kind: 'Secret', namespace, name: secretName})
  return secret && decodeRelease(secret, namespace)
}

/** helm stores JSON, gzipped, base64; Kubernetes puts base64 around that once more. */
export async function decodeRelease(secret: ApiObject, namespace: string): Promise<ReleaseRevision> {
  const stored = (secret.data as {release?: string} | undefined)?.release ?? ''
  try {
    const packed = Buffer.from(Buffer.from(stored, 'base64').toString('latin1'), 'base64')
    const isGzip = packed[0] === 0x1f && packed[1] === 0x8b
    const text = (isGzip ? await promisify(gunzip)(packed) : packed).toString('utf8')
    return revisionOf(JSON.parse(text), namespace)
  } catch (cause) {
    const what = `read helm's record ${secret.metadata.name} in ${namespace}`
    throw new DeployError('unreachable', `${what}: it cannot be decoded`, {
      hint: `helm history -n ${namespace} shows whether helm can`,
      cause,
    })
  }
}

// biome-ignore lint/suspicious/noExplicitAny: helm's JSON
function revisionOf(release: any, namespace: string): ReleaseRevision {
  const chart = release.chart?.metadata ?? {}
  return {
    namespace,
    name: String(release.name),
    revision: Number(release.version),
    status: release.info?.status ?? 'unknown',
    description: release.info?.description ?? '',
    isServerSideApplied: release.apply_method === 'ssa',
    chart: {name: chart.name ?? '', version: chart.version ?? '', appVersion: chart.appVersion},
    updatedAt: release.info?.last_deployed ?? '',
    manifest: release.manifest ?? '',
    hooks: hooksText(release.hooks ?? []),
    config: release.config ?? {},
  }
}

function hooksText(hooks: {path?: string; manifest?: string}[]): string {
  return hooks.map(hook => `---\n# Source: ${hook.path ?? ''}\n${hook.manifest ?? ''}\n`).join('')
}

function labelsOf({metadata}: ApiObject): RevisionLabel[] {
  const labels = metadata.labels ?? {}
  const revision = Number(labels.version)
  if (labels.name === undefined || !Number.isInteger(revision)) return []
  const createdAtMs = Date.parse(metadata.creationTimestamp ?? '')
  const modifiedSeconds = Number(labels.modifiedAt ?? labels.createdAt)
  return [
    {
      namespace: metadata.namespace ?? '',
      name: labels.name,
      revision,
      status: labels.status ?? 'unknown',
      modifiedAtMs: Number.isFinite(modifiedSeconds) ? modifiedSeconds * 1000 : undefined,
      createdAtMs: Number.isFinite(createdAtMs) ? createdAtMs : undefined,
    },
  ]
}
