import {setTimeout as sleep} from 'node:timers/promises'
import type {LogFollower} from '../cluster/logs.ts'
import type {PlacedPod} from './logs-find.ts'
import {hideSecretsIn} from './namespace-secrets.ts'
import type {Secrecy} from './secrecy.ts'

export type LogsListener = {
  onLine(pod: PlacedPod, line: string): void
  onNote(text: string): void
}

export type StreamsRequest = {
  follower: LogFollower
  secrecy: Secrecy
  listener: LogsListener
  signal: AbortSignal
  /** Called when a stream has ended: what it followed may have started again. */
  onEnd(): void
}

/** Streams open at once. */
const MAX_STREAMS = 50
/** What a kubelet takes to write that a container has ended. */
const AFTER_END_MS = 1000
const AFTER_FAULT_MS = 5000

type From = {lines?: number; since?: string}

/** The logs that are being followed, one stream for each run of a container. */
export function openStreams({follower, secrecy, listener, signal, onEnd}: StreamsRequest) {
  /** By run of a container: being followed, or until when it was. */
  const known = new Map<string, 'open' | {since: string}>()
  const running = new Set<Promise<void>>()

  const stream = async (pod: PlacedPod, run: string, from: From) => {
    let pauseMs = AFTER_END_MS
    try {
      // Asked anew each time: a new version brings new Secrets.
      await hideSecretsIn(pod.place.cluster, pod.namespace, secrecy)
      const asked = {namespace: pod.namespace, pod: pod.name, container: pod.container, signal, ...from}
      for await (const line of follower.follow(asked)) listener.onLine(pod, secrecy.mask(line))
    } catch (error) {
      pauseMs = AFTER_FAULT_MS
      if (!signal.aborted) listener.onNote(`${pod.name}: ${(error as Error).message}`)
    }
    const since = new Date().toISOString()
    await sleep(pauseMs, undefined, {signal}).catch(() => {})
    known.set(run, {since})
  }
  return {
    count: () => running.size,
    /** Follow what is not followed yet. */
    attach(pods: readonly PlacedPod[], from: From): void {
      for (const pod of pods) {
        const run = runOf(pod)
        const before = run === undefined ? undefined : known.get(run)
        if (run === undefined || before === 'open' || signal.aborted || running.size >= MAX_STREAMS) continue
        // A stream that was cut while the container runs goes on where it was; one that ended with it is done.
        if (before !== undefined && !isRunning(pod)) continue
        known.set(run, 'open')
        const following = stream(pod, run, before ?? from).finally(() => {
          running.delete(following)
          onEnd()
        })
        running.add(following)
      }
    },
    async ended(): Promise<void> {
      await Promise.all(running)
    },
  }
}

/** Names one run of the container; none when it has not started yet. */
function runOf(pod: PlacedPod): string | undefined {
  const status = statusOf(pod)
  const hasStarted = status?.state?.running ?? status?.state?.terminated ?? status?.lastState?.terminated
  return hasStarted && `${pod.uid}/${pod.container}/${status.restartCount}`
}

function isRunning(pod: PlacedPod): boolean {
  return statusOf(pod)?.state?.running !== undefined
}

function statusOf(pod: PlacedPod) {
  return pod.containers.find(one => one.name === pod.container)?.status
}
