import {nearest} from '../charts/nearest.ts'
import {DeployError} from '../errors.ts'
import type {ServicePod} from './logs-pods.ts'

/** Which pods and container were asked for. */
export type PodRequest = {
  /** A pod's name, or a part of it that only one has. */
  pod: string | undefined
  container: string | undefined
}

/**
 * The pods that are meant: the named one, else those of the newest version, the one most in trouble first; older
 * ones where there are no others.
 */
export function choosePods<P extends ServicePod>(pods: readonly P[], request: PodRequest): P[] {
  if (request.pod !== undefined) return [namedPod(pods, request.pod)].map(pod => withContainer(pod, request))
  const fitting = pods.filter(pod => hasContainer(pod, request.container))
  if (fitting.length === 0 && pods[0] !== undefined) withContainer(pods[0], request)
  const releases = Map.groupBy(fitting, pod => pod.release)
  const chosen = fitting.filter(
    pod => pod.isNewest || !(releases.get(pod.release) ?? []).some(each => each.isNewest),
  )
  return chosen.map(pod => withContainer(pod, request))
}

/** Those that were not chosen and would do: of older versions. */
export function otherPods<P extends ServicePod>(
  pods: readonly P[],
  chosen: readonly P[],
  request: PodRequest,
): P[] {
  if (request.pod !== undefined) return []
  return pods
    .filter(pod => hasContainer(pod, request.container) && !chosen.some(one => one.uid === pod.uid))
    .map(pod => withContainer(pod, request))
}

function namedPod<P extends ServicePod>(pods: readonly P[], asked: string): P {
  const exact = pods.filter(pod => pod.name === asked)
  const found = exact.length > 0 ? exact : pods.filter(pod => pod.name.includes(asked))
  if (found.length === 1 && found[0] !== undefined) return found[0]
  const names = pods.map(pod => pod.name)
  if (found.length > 1) {
    throw new DeployError('usage', `find the pod ${asked}: ${found.length} pods are called like that.`, {
      hint: `Use one of: ${found.map(pod => pod.name).join(', ')}.`,
    })
  }
  const close = nearest(asked, names)
  throw new DeployError('not-found', `find the pod ${asked}: the service has no such pod there.`, {
    hint: `${
      close === undefined ? `Its pods: ${names.slice(0, 10).join(', ') || 'none'}.` : `Did you mean ${close}?`
    }${isWholeName(asked) ? GONE : ''}`,
  })
}

// As a ReplicaSet or a Job names its pods: copied from somewhere, so there was one.
function isWholeName(asked: string): boolean {
  return /-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(asked)
}

const GONE =
  '\nIf it failed in a deployment and is gone: deploy history NAME RUN keeps the last lines of what failed.'

function hasContainer(pod: ServicePod, container: string | undefined): boolean {
  return container === undefined || pod.containers.some(one => one.name === container)
}

function withContainer<P extends ServicePod>(pod: P, {container}: PodRequest): P {
  if (container === undefined) return pod
  if (hasContainer(pod, container)) return {...pod, container}
  throw new DeployError(
    'not-found',
    `find the container ${container} in ${pod.name}: it has none of that name.`,
    {
      hint: `Use --container with one of: ${pod.containers.map(one => one.name).join(', ')}.`,
    },
  )
}
