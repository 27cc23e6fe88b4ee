import {followNamespace} from '../cluster/follow.ts'
import {openLogFollower} from '../cluster/logs.ts'
import {choosePods, type PodRequest} from './logs-choice.ts'
import {type PlacedPod, type PodPlace, releasesIn} from './logs-find.ts'
import type {Secrecy} from './secrecy.ts'
import {podsOfReleases} from './logs-pods.ts'
import {type LogsListener, openStreams} from './logs-streams.ts'

export type FollowLogsRequest = PodRequest & {lines: number; signal: AbortSignal; secrecy: Secrecy}

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].map(kind => ({kind}))

/**
 * Follow the pods of one namespace: those that are there, those that a rollout brings, and containers that start again.
 * Ends with the signal, and when everything that is followed has ended for good.
 * @throws DeployError `not-found` when the named pod or container is not there
 */
export async function followPodLogs(
  place: PodPlace,
  namespace: string,
  request: FollowLogsRequest,
  listener: LogsListener,
): Promise<void> {
  const done = new AbortController()
  const signal = AbortSignal.any([request.signal, done.signal])
  const {path, context} = place.kubeconfig
  const follower = await openLogFollower(path, context === undefined ? {} : {context})
  let onChange = () => {}
  const follow = await followNamespace(place.cluster, namespace, KINDS, {signal, onChange: () => onChange()})
  const podsNow = () =>
    podsOfReleases(follow.snapshot(), releasesIn(place, namespace)).map(pod => ({...pod, place}))
  const {secrecy} = request
  const streams = openStreams({follower, secrecy, listener, signal, onEnd: () => onChange()})
  try {
    const first = choosePods(podsNow(), request)
    streams.attach(first, {lines: request.lines})
    onChange = () => {
      const pods = laterPods(podsNow(), first, request)
      streams.attach(pods, {})
      if (streams.count() === 0 && pods.every(pod => pod.isOver)) done.abort()
    }
    onChange()
    await ended(signal)
    await streams.ended()
  } finally {
    done.abort()
    await Promise.all([follow.close(), follower.close()])
  }
}

/** A named pod stays the only one; else those of a version that came meanwhile belong to it. */
function laterPods(
  pods: readonly PlacedPod[],
  first: readonly PlacedPod[],
  {pod: named, container}: PodRequest,
): PlacedPod[] {
  const [chosen] = first
  if (named !== undefined) {
    return pods.flatMap(pod => (pod.uid === chosen?.uid ? [{...pod, container: chosen.container}] : []))
  }
  const fitting = pods.filter(
    pod => container === undefined || pod.containers.some(one => one.name === container),
  )
  return choosePods(fitting, {pod: undefined, container})
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), {once: true})
  })
}
