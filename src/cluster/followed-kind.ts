import {setTimeout as sleep} from 'node:timers/promises'
import {DeployError} from '../errors.ts'
import type {ApiObject} from '../rollout/verdict.ts'
import type {Cluster, WatchQuery} from './client.ts'
import {ExpiredError} from './faults.ts'
import type {KindRef} from './resources.ts'
import {isCovered} from './resource-version.ts'
import {slim} from './slim.ts'
import type {WatchEvent} from './watch-stream.ts'

/** All objects of one kind in one namespace, kept up to date by a list and a watch. */
export type FollowedKind = {
  kind: string
  objects(): ApiObject[]
  /** Read the whole list again now; objects in memory never go back to an older version. */
  relist(): Promise<void>
  /** Why this kind is left out, when the user may not read it, or it cannot be read. */
  forbidden(): string | undefined
  /** Since when the server has not answered, and what went wrong. */
  fault(): {message: string; sinceMs: number} | undefined
  /** Resolves when the watch has ended (after the signal). */
  ended: Promise<void>
}

export type FollowKindOptions = {
  /** Events need no first list: a watch without a version begins with all that is there, in one request. */
  mode: 'list-and-watch' | 'watch-only'
  fieldSelector?: string
  /** Without it there is no verdict at all; else what cannot be read at first is left out like what may not, and no fault counts. */
  isNeeded: boolean
  signal: AbortSignal
  onChange(): void
}

const WATCH_SECONDS = 240
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000

/** Resolves when the first list is complete; throws when it cannot be had (a 403 apart, and kinds that are not needed). */
export async function followKind(
  cluster: Cluster,
  ref: KindRef & {namespace: string},
  options: FollowKindOptions,
): Promise<FollowedKind> {
  const held = holdObjects(ref.kind)
  let forbidden: string | undefined
  let fault: {message: string; sinceMs: number} | undefined

  const noteFault = (error: unknown) => {
    if (options.signal.aborted) return
    if (error instanceof DeployError && error.exitKind === 'forbidden') forbidden = error.message
    else fault ??= {message: (error as Error).message, sinceMs: Date.now()}
    options.onChange()
  }
  const relist = async () => {
    if (forbidden !== undefined || options.mode === 'watch-only') return
    const {fieldSelector} = options
    try {
      const list = await cluster.list(ref, fieldSelector === undefined ? {} : {fieldSelector}, options.signal)
      fault = undefined
      held.replaceAll(list.items, list.resourceVersion)
      options.onChange()
    } catch (error) {
      noteFault(error)
      if (options.isNeeded) throw error
    }
  }
  const watchOnce = async () => {
    const startedMs = performance.now()
    // A connection that died without a word would otherwise be listened to for ever.
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout((WATCH_SECONDS + 30) * 1000)])
    const events = await cluster.watch(ref, watchQuery(options, held.version()), signal)
    fault = undefined
    for await (const event of events) {
      held.apply(event)
      if (event.type !== 'BOOKMARK') options.onChange()
    }
    // A server that ends every watch at once must not be asked in a tight loop.
    if (performance.now() - startedMs < 1_000) await sleep(1_000, undefined, {signal: options.signal})
  }
  const isOver = () => options.signal.aborted || forbidden !== undefined
  const keepWatching = async () => {
    let pauseMs = FIRST_PAUSE_MS
    while (!isOver()) {
      try {
        await watchOnce()
        pauseMs = FIRST_PAUSE_MS
      } catch (error) {
        if (options.signal.aborted) return
        if (error instanceof ExpiredError) await relist().catch(() => {})
        else noteFault(error)
        await sleep(pauseMs, undefined, {signal: options.signal}).catch(() => {})
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)
        // What stands between may hold the beginning of a watch back until something happens: a list is answered at once.
        if (fault !== undefined) await relist().catch(() => {})
      }
    }
  }

  await relist().catch(error => {
    if (forbidden === undefined) throw error
  })
  if (!options.isNeeded) forbidden ??= fault?.message
  return {
    kind: ref.kind,
    objects: held.objects,
    relist,
    forbidden: () => forbidden,
    fault: () => (options.isNeeded ? fault : undefined),
    ended: keepWatching(),
  }
}

function watchQuery(options: FollowKindOptions, version: string | undefined): WatchQuery {
  return {
    timeoutSeconds: WATCH_SECONDS,
    ...(options.fieldSelector === undefined ? {} : {fieldSelector: options.fieldSelector}),
    ...(version === undefined || options.mode === 'watch-only' ? {} : {resourceVersion: version}),
  }
}

/**
 * Lists and watch events arrive in any order (a list answered late, a watch lagging behind): versions decide.
 * @param kind of all of them; the items of a list do not say it
 */
export function holdObjects(kind: string) {
  const objects = new Map<string, ApiObject>()
  const deleted = new Map<string, string>()
  let listVersion: string | undefined
  let watchVersion: string | undefined

  const replaceAll = (items: readonly ApiObject[], version: string) => {
    if (isCovered(version, listVersion) && version !== listVersion) return
    const kept = [...objects].filter(([, object]) => !isCovered(object.metadata.resourceVersion, version))
    const listed = items.filter(
      object => !deleted.has(keyOf(object)) || isCovered(deleted.get(keyOf(object)), version),
    )
    objects.clear()
    for (const object of listed) objects.set(keyOf(object), {kind, ...slim(object)})
    for (const [key, object] of kept) objects.set(key, object)
    for (const [key, at] of deleted) if (isCovered(at, version)) deleted.delete(key)
    listVersion = version
    if (isCovered(watchVersion, version)) watchVersion = version
  }
  const apply = ({type, object}: WatchEvent) => {
    const version = object.metadata.resourceVersion
    if (isCovered(version, listVersion)) return
    watchVersion = version
    if (type === 'BOOKMARK') return
    if (type === 'DELETED') {
      objects.delete(keyOf(object))
      if (version !== undefined) deleted.set(keyOf(object), version)
    } else objects.set(keyOf(object), {kind, ...slim(object)})
  }
  return {
    objects: () => [...objects.values()],
    version: () => watchVersion ?? listVersion,
    replaceAll,
    apply,
  }
}

function keyOf({metadata}: ApiObject): string {
  return metadata.uid ?? metadata.name
}
