import {DeployError} from '../errors.ts'
import {choosePods, otherPods, type PodRequest} from './logs-choice.ts'
import {findPods, type PlacedPod, type PodPlace} from './logs-find.ts'

/**
 * The pod and container to go into: a named one, else a ready one of the newest version; where none is ready, one that
 * runs, since that is where one wants to look; where none runs, one of an older version.
 * @throws DeployError `not-found` when no container of any of them runs
 */
export async function pickPodForShell(
  service: string,
  place: PodPlace,
  request: PodRequest,
): Promise<PlacedPod> {
  const all = await findPods(service, [place])
  const pods = choosePods(all, request)
  const pod = best(pods, place) ?? best(otherPods(all, pods, request), place)
  if (pod !== undefined) return pod
  const [first] = pods
  throw new DeployError(
    'not-found',
    `find a running container of ${service} in ${place.name}: ${first?.name}: ${first?.state}.`,
    {hint: `deploy logs ${service} -e ${place.name} shows what it printed.`},
  )
}

function best(pods: readonly PlacedPod[], place: PodPlace): PlacedPod | undefined {
  const running = pods.filter(isRunning)
  const ready = running.filter(pod => pod.isReady)
  return ready.find(pod => isMain(pod, place)) ?? ready[0] ?? running[0]
}

/** Of several releases the one that carries most, not its canary. */
function isMain(pod: PlacedPod, place: PodPlace): boolean {
  const [first] = place.releases.filter(release => !/(^|-)canary$/.test(release.name))
  return first === undefined || pod.release === first.name
}

function isRunning(pod: PlacedPod): boolean {
  const status = pod.containers.find(one => one.name === pod.container)?.status
  return status?.state?.running !== undefined && !pod.isTerminating
}
