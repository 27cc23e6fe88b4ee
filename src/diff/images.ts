import type {ImageChange} from '../plan/plan.ts'
import type {WorkloadKind, WorkloadRef} from '../rollout/verdict.ts'
import {type KubernetesObject, objectKey} from './kubernetes-object.ts'

export type ContainerImage = {container: string; image: string}

/** The images one object's pods run, init containers first, as they start. */
export function imagesOf(object: KubernetesObject): ContainerImage[] {
  const podSpec = podSpecOf(object)
  return [...containersIn(podSpec?.initContainers), ...containersIn(podSpec?.containers)]
}

/** The images that a node pulls for one object; what has to be there already (pull policy Never) is left out. */
export function pulledImagesOf(object: KubernetesObject): string[] {
  const podSpec = podSpecOf(object)
  const containers = [podSpec?.initContainers, podSpec?.containers].flatMap(some =>
    Array.isArray(some) ? some.filter(({imagePullPolicy}) => imagePullPolicy !== 'Never') : [],
  )
  return containersIn(containers).map(({image}) => image)
}

/** The images of several objects' pods, in their order, repeated as they are. */
export function imagesIn(objects: readonly KubernetesObject[]): string[] {
  return objects.flatMap(object => imagesOf(object).map(({image}) => image))
}

/** Each image once, before and after. */
export function runsOf(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): {before: string[]; after: string[]} {
  const [old, now] = [before, after].map(objects => [...new Set(imagesIn(objects))])
  return {before: old ?? [], after: now ?? []}
}

/** Containers whose image differs; one that is new or gone has no `before` or no `after`. */
export function compareImages(
  before: readonly KubernetesObject[],
  after: readonly KubernetesObject[],
): ImageChange[] {
  const old = imageSlots(before)
  const wanted = imageSlots(after)
  const keys = [...wanted.keys(), ...[...old.keys()].filter(key => !wanted.has(key))]
  return keys.flatMap(key => {
    const slot = wanted.get(key) ?? old.get(key)
    const change = {before: old.get(key)?.image, after: wanted.get(key)?.image}
    if (slot === undefined || change.before === change.after) return []
    return [{workload: slot.workload, container: slot.container, ...change}]
  })
}

/** What has pods that are rolled out and watched. A CronJob has none: they come and go by its own clock. */
export function workloadsOf(objects: readonly KubernetesObject[]): WorkloadRef[] {
  return objects
    .filter(({kind}) => isWatched(kind))
    .map(({kind, namespace, name, body}) => ({
      kind,
      namespace,
      name,
      ...(body.spec?.ttlSecondsAfterFinished === undefined ? {} : {isRemovedAtEnd: true}),
    }))
}

/** An image without its registry's host: `wikimedia/citoid:2024-05-01-120000-production`. */
export function shortImage(image: string): string {
  const slash = image.indexOf('/')
  const host = image.slice(0, Math.max(slash, 0))
  // As docker decides it: only a first part with a dot, a port or `localhost` is a host.
  return /[.:]|^localhost$/.test(host) ? image.slice(slash + 1) : image
}

/** What stands behind an image's name: the tag, or the start of its digest. */
export function tagOf(image: string): string {
  const [named = '', digest] = image.split('@')
  const tag = /:([^:/]+)$/.exec(named)?.[1]
  return tag ?? (digest === undefined ? 'latest' : digest.slice(0, 'sha256:'.length + 12))
}

/** An image's name without host, tag and digest. */
export function imageName(image: string): string {
  return shortImage(image.split('@')[0] ?? image).replace(/:[^:/]+$/, '')
}

type ImageSlot = ContainerImage & {workload: WorkloadRef}

function imageSlots(objects: readonly KubernetesObject[]): Map<string, ImageSlot> {
  const slots = objects.flatMap(object =>
    imagesOf(object).map(({container, image}) => {
      const workload = {kind: runnerKind(object.kind), namespace: object.namespace, name: object.name}
      return [`${objectKey(object)}/${container}`, {workload, container, image}] as const
    }),
  )
  return new Map(slots)
}

const WATCHED_KINDS: ReadonlySet<string> = new Set<WorkloadKind>([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Pod',
])

function isWatched(kind: string): kind is WorkloadKind {
  return WATCHED_KINDS.has(kind)
}

/** A CronJob's image is run by the Jobs it makes. */
function runnerKind(kind: string): WorkloadKind {
  return isWatched(kind) ? kind : 'Job'
}

// biome-ignore lint/suspicious/noExplicitAny: any shape a chart renders
function podSpecOf({kind, body}: KubernetesObject): any {
  if (kind === 'Pod') return body.spec
  if (kind === 'CronJob') return body.spec?.jobTemplate?.spec?.template?.spec
  return isWatched(kind) ? body.spec?.template?.spec : undefined
}

function containersIn(containers: unknown): ContainerImage[] {
  if (!Array.isArray(containers)) return []
  return containers.flatMap(({name, image}: {name?: string; image?: unknown}) =>
    typeof image === 'string' ? [{container: name ?? '', image}] : [],
  )
}
