import type {DeployError} from '../errors.ts'
import {exitCodeOf} from '../exit-codes.ts'
import {readPodLogs} from '../flow/logs.ts'
import type {PlacedPod} from '../flow/logs-find.ts'
import {followPodLogs} from '../flow/logs-follow.ts'
import type {World} from '../flow/world.ts'
import {printable} from '../view/layout.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {type Live, withLive} from './live-session.ts'
import {withCharts} from './open-charts.ts'
import {inReadSession} from './read-session.ts'
import {listenForSignals} from './signals.ts'

export type LogsSessionRequest = {
  name: string | undefined
  environments: readonly string[]
  selectors: readonly string[]
  pod: string | undefined
  container: string | undefined
  isPrevious: boolean
  isFollowing: boolean
  lines: number
}

/** Print what the pods of a service print: their lines on stdout, everything about them on stderr. */
export async function printLogs(flags: BaseFlags, request: LogsSessionRequest): Promise<void> {
  const host = await openHost(flags)
  const wanted = {...request, identity: 'anyone'} as const
  const look = (world: World) =>
    withLive(wanted, world, async live => {
      for (const {environment, error} of live.problems) note(`${environment}: ${error.message}`)
      await (request.isFollowing ? follow(live, request, world) : printOnce(live, request, world))
    })
  await withCharts(host, charts => inReadSession(charts, request.name, look))
}

async function printOnce(live: Live, request: LogsSessionRequest, world: World): Promise<void> {
  const {logs, leftOut, isMasked} = await readPodLogs(
    world.service.name,
    live.environments,
    request,
    world.secrecy,
  )
  if (!isMasked) note(NOT_MASKED)
  for (const {pod, lines, fault} of logs) {
    if (!pod.isReady || fault !== undefined) note(aboutPod(pod, fault))
    const prefix = logs.length > 1 ? prefixOf(pod, live) : ''
    for (const line of lines) say(prefix + line)
  }
  if (leftOut > 0) note(`${leftOut} more pods are left out; name one, or select a release with -l.`)
}

async function follow(live: Live, request: LogsSessionRequest, {secrecy}: World): Promise<void> {
  const signals = listenForSignals({
    onSignal: () => {},
    endNow: () => process.exit(exitCodeOf('interrupted')),
  })
  // Who reads has gone (| head): nothing is left to do.
  const gone = new AbortController()
  process.stdout.once('error', () => gone.abort())
  const signal = AbortSignal.any([signals.signal, gone.signal])
  const listener = {
    onLine: (pod: PlacedPod, line: string) =>
      say(request.pod === undefined ? prefixOf(pod, live) + line : line),
    onNote: note,
  }
  try {
    await Promise.all(
      live.environments.flatMap(place =>
        place.namespaces.map(namespace =>
          followPodLogs(place, namespace, {...request, signal, secrecy}, listener),
        ),
      ),
    )
  } finally {
    signals.dispose()
  }
  if (signals.signal.aborted)
    process.exitCode = exitCodeOf(signals.signal.reason === 'SIGTERM' ? 'terminated' : 'interrupted')
}

const NOT_MASKED = 'You may not read Secrets here, so nobody can tell which values to hide in these lines.'

function aboutPod(pod: PlacedPod, fault: DeployError | undefined): string {
  const about = `${pod.name} (${pod.place.name}, release ${pod.release}, container ${pod.container})`
  return `${about}: ${fault === undefined ? pod.state : `${pod.state}; ${fault.message}`}`
}

/** Which pod a line is from; which environment, too, where there are several. */
function prefixOf(pod: PlacedPod, live: Live): string {
  return `${live.environments.length > 1 ? `${pod.place.name}/` : ''}${pod.name}  `
}

// On a terminal nothing that it would obey; into a file or pipe as it was printed.
function say(line: string): void {
  process.stdout.write(`${process.stdout.isTTY ? printable(line) : line}\n`)
}

function note(text: string): void {
  process.stderr.write(`${printable(text)}\n`)
}
