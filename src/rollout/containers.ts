import type {ApiObject} from './verdict.ts'

/** One container of a pod with what the kubelet says of it. */
export type Container = {
  name: string
  /** A sidecar is an init container that is restarted for ever (Kubernetes 1.29). */
  role: 'init' | 'sidecar' | 'main'
  image: string | undefined
  memoryLimit: string | undefined
  // biome-ignore lint/suspicious/noExplicitAny: a container status of the API
  status: any
}

/** All of them: a failing init container or sidecar keeps a pod from ever being ready (peers.md §3, case 13). */
export function containersOf(pod: ApiObject): Container[] {
  const {spec = {}, status = {}} = pod
  return [
    ...pair(spec.initContainers, status.initContainerStatuses, true),
    ...pair(spec.containers, status.containerStatuses, false),
  ]
}

// biome-ignore lint/suspicious/noExplicitAny: the API's own shape, read defensively
function pair(specs: readonly any[] = [], statuses: readonly any[] = [], isInit: boolean): Container[] {
  return specs.map(spec => ({
    name: spec.name,
    role: !isInit ? 'main' : spec.restartPolicy === 'Always' ? 'sidecar' : 'init',
    image: spec.image,
    memoryLimit: spec.resources?.limits?.memory,
    status: statuses.find(each => each.name === spec.name),
  }))
}

/** How often a container has ended by now: its restarts, and the end it has not been restarted from yet. */
// biome-ignore lint/suspicious/noExplicitAny: a container status of the API
export function endCountOf(status: any): number {
  const isDown = status?.state?.running === undefined && endOf(status) !== undefined
  return (status?.restartCount ?? 0) + (isDown ? 1 : 0)
}

/** How a container ended last, whether it waits for its restart or runs again. */
// biome-ignore lint/suspicious/noExplicitAny: a container status of the API
export function endOf(status: any): Termination | undefined {
  return status?.state?.terminated ?? status?.lastState?.terminated
}

/** The container that a pod failed with: of those that ended badly the first, since the others may have been ended for it. */
export function failedContainerOf(pod: ApiObject): Container | undefined {
  const failed = containersOf(pod).filter(({status}) => (endOf(status)?.exitCode ?? 0) !== 0)
  const endedAt = ({status}: Container) => endOf(status)?.finishedAt ?? ''
  return failed.toSorted((a, b) => (endedAt(a) < endedAt(b) ? -1 : endedAt(a) > endedAt(b) ? 1 : 0))[0]
}

export type Termination = {
  exitCode: number
  signal?: number
  reason?: string
  message?: string
  startedAt?: string
  finishedAt?: string
}
