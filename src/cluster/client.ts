import {DeployError} from '../errors.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import {openConnection} from './connection.ts'
import type {Asked} from './faults.ts'
import {readKubeconfig} from './kubeconfig.ts'
import {
  apiRoot,
  commonResource,
  discoveredResource,
  type KindRef,
  type ObjectRef,
  type Resource,
  resourcePath,
} from './resources.ts'
import {type Call, makeSender, type SenderOptions} from './sender.ts'
import {readWatchEvents, type WatchEvent} from './watch-stream.ts'

/** One API server as one kubeconfig's user sees it. Every fault is a DeployError, conflicts a ConflictError. */
export type Cluster = {
  server: string
  /** The kubeconfig's context says so. */
  namespace: string | undefined
  /** `undefined` when it is not there (404). */
  get(ref: ObjectRef, signal?: AbortSignal): Promise<ApiObject | undefined>
  list(ref: KindRef, query?: ListQuery, signal?: AbortSignal): Promise<ApiList>
  create(object: ApiObject, options?: WriteOptions): Promise<ApiObject>
  /** With a `metadata.resourceVersion` it is refused (ConflictError) when someone else wrote meanwhile. */
  replace(object: ApiObject, options?: WriteOptions): Promise<ApiObject>
  patch(ref: ObjectRef, patch: Patch, options?: WriteOptions): Promise<ApiObject>
  /** `false` when it was not there. */
  delete(ref: ObjectRef, options?: DeleteOptions): Promise<boolean>
  /** Resolves when it is open. Ends when the server ends it (`timeoutSeconds`); throws ExpiredError when it has to be listed again. */
  watch(ref: KindRef, query: WatchQuery, signal: AbortSignal): Promise<AsyncGenerator<WatchEvent>>
  /** Any path as text, such as a pod's log. */
  readText(ref: ObjectRef, subresource: string, query: Query, signal?: AbortSignal): Promise<string>
  requestCount(): number
  /** The server's own clock, from its newest answer, to a second; none before the first one. */
  serverNowMs(): number | undefined
  close(): Promise<void>
}

export type ApiList = {resourceVersion: string; items: ApiObject[]}
export type Query = Record<string, string | number | boolean | undefined>
export type ListQuery = {
  labelSelector?: string
  fieldSelector?: string
  limit?: number
  metadataOnly?: boolean
}
export type WatchQuery = {resourceVersion?: string; fieldSelector?: string; timeoutSeconds?: number}
export type WriteOptions = {
  dryRun?: boolean
  fieldManager?: string
  force?: boolean
  /** Refuse unknown and repeated fields instead of dropping them. */
  isStrict?: boolean
}
export type DeleteOptions = {
  propagation?: 'Background' | 'Foreground' | 'Orphan'
  uid?: string
  resourceVersion?: string
}
export type Patch = {kind: keyof typeof PATCH_TYPES; body: unknown}

export type ClusterOptions = SenderOptions & {
  context?: string
  /** For kubeconfigs that only kubectl can use. */
  kubectl?: string
}

const PATCH_TYPES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

/** Open the cluster one kubeconfig names; nothing is sent until the first request. */
export async function openCluster(kubeconfigPath: string, options: ClusterOptions = {}): Promise<Cluster> {
  const kubeconfig = await readKubeconfig(kubeconfigPath, options)
  const sender = makeSender(openConnection(kubeconfig, options.kubectl), options)
  const resources = new Map<string, Promise<Resource>>()

  const resourceOf = (ref: KindRef): Promise<Resource> => {
    const key = `${ref.apiVersion ?? ''}/${ref.kind}`
    const found = resources.get(key) ?? findResource(ref, sender.json)
    resources.set(key, found)
    found.catch(() => resources.delete(key))
    return found
  }
  const target = async (verb: string, ref: KindRef & {name?: string | undefined}, query: Query = {}) => {
    const resource = await resourceOf(ref)
    const asked: Asked = {
      verb,
      resource: resource.plural + (ref.name === undefined ? '' : `/${ref.name}`),
      namespace: ref.namespace,
      server: kubeconfig.server,
    }
    return {asked, path: resourcePath(resource, ref.namespace, ref.name) + queryText(query)}
  }

  return {
    server: kubeconfig.server,
    namespace: kubeconfig.namespace,
    async get(ref, signal) {
      const {asked, path} = await target('get', ref)
      return sender.json({asked, path, signal}).catch(undefinedWhenMissing)
    },
    async list(ref, {metadataOnly, ...query} = {}, signal) {
      const {asked, path} = await target('list', ref, query)
      const accept = metadataOnly ? METADATA_ONLY : undefined
      const answer = await sender.json({asked, path, accept, signal})
      return {resourceVersion: answer.metadata?.resourceVersion ?? '', items: answer.items ?? []}
    },
    async create(object, how) {
      const {asked, path} = await target('create', {...refOf(object), name: undefined}, writeQuery(how))
      return sender.json({asked, path, method: 'POST', body: object})
    },
    async replace(object, how) {
      const {asked, path} = await target('update', refOf(object), writeQuery(how))
      return sender.json({asked, path, method: 'PUT', body: object})
    },
    async patch(ref, patch, how) {
      const {asked, path} = await target('patch', ref, writeQuery(how))
      const contentType = PATCH_TYPES[patch.kind]
      return sender.json({asked, path, method: 'PATCH', contentType, body: patch.body})
    },
    async delete(ref, how = {}) {
      const {asked, path} = await target('delete', ref)
      const answer = await sender
        .json({asked, path, method: 'DELETE', body: deleteBody(how)})
        .catch(undefinedWhenMissing)
      return answer !== undefined
    },
    async watch(ref, query, signal) {
      const watchQuery = {...query, watch: true, allowWatchBookmarks: true}
      const {asked, path} = await target('watch', ref, watchQuery)
      const answer = await sender.open({asked, path, signal})
      return readWatchEvents(answer, asked, signal)
    },
    async readText(ref, subresource, query, signal) {
      const {asked, path} = await target('get', ref)
      return sender.text({asked, path: `${path}/${subresource}${queryText(query)}`, accept: '*/*', signal})
    },
    requestCount: sender.count,
    serverNowMs: sender.serverNowMs,
    close: sender.close,
  }
}

async function findResource(ref: KindRef, json: (call: Call) => Promise<unknown>): Promise<Resource> {
  const common = commonResource(ref)
  if (common !== undefined) return common
  const apiVersion = ref.apiVersion ?? 'v1'
  const asked = {verb: 'get', resource: `the kinds of ${apiVersion}`, namespace: undefined, server: ''}
  const answer = await json({asked, path: apiRoot(apiVersion)}).catch(undefinedWhenMissing)
  const found = discoveredResource(apiVersion, ref.kind, answer)
  if (found !== undefined) return found
  throw new DeployError('not-found', `find kind ${ref.kind} of ${apiVersion}: the cluster does not serve it`)
}

function refOf(object: ApiObject): ObjectRef {
  const {namespace, name} = object.metadata
  return {
    kind: object.kind ?? '',
    name,
    ...(object.apiVersion === undefined ? {} : {apiVersion: object.apiVersion}),
    ...(namespace === undefined ? {} : {namespace}),
  }
}

function writeQuery({dryRun, fieldManager, force, isStrict}: WriteOptions = {}): Query {
  const fieldValidation = isStrict ? 'Strict' : undefined
  return {dryRun: dryRun ? 'All' : undefined, fieldManager, force, fieldValidation}
}

function deleteBody(options: DeleteOptions) {
  const {uid, resourceVersion} = options
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    propagationPolicy: options.propagation ?? 'Background',
    ...(uid === undefined && resourceVersion === undefined ? {} : {preconditions: {uid, resourceVersion}}),
  }
}

function queryText(query: Query): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value))
  return search.size === 0 ? '' : `?${search.toString()}`
}

function undefinedWhenMissing(error: unknown): undefined {
  if (error instanceof DeployError && error.exitKind === 'not-found') return undefined
  throw error
}
