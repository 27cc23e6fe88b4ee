import {exitCodeOf} from '../exit-codes.ts'
import {readPodLogs} from '../flow/logs.ts'
import {followPodLogs} from '../flow/logs-follow.ts'
import type {World} from '../flow/world.ts'
import {jsonLogs, type LogOutput, plainLogs} from '../view/log-output.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {type Live, withLive} from './live-session.ts'
import {withCharts} from './open-charts.ts'
import {inReadSession, type ServiceRequest} from './read-session.ts'
import {listenForSignals} from './signals.ts'

export type LogsSessionRequest = ServiceRequest & {
  selectors: readonly string[]
  pod: string | undefined
  container: string | undefined
  isPrevious: boolean
  isFollowing: boolean
  lines: number
  isJson: boolean
}

/** Print what the pods of a service print, and what is wrong with them. */
export async function printLogs(flags: BaseFlags, request: LogsSessionRequest): Promise<void> {
  const host = await openHost(flags)
  const wanted = {...request, identity: 'anyone'} as const
  const look = (world: World) =>
    withLive(wanted, world, async live => {
      const output = (isOnePod: boolean) =>
        request.isJson
          ? jsonLogs(STREAMS)
          : plainLogs(STREAMS, {environments: live.environments.length, isOnePod})
      for (const {environment, error} of live.problems) output(true).note(`${environment}: ${error.message}`)
      await (request.isFollowing
        ? follow(live, request, output, world)
        : printOnce(live, request, output, world))
    })
  await withCharts(host, charts => inReadSession(charts, request.name, look, request))
}

const STREAMS = {out: process.stdout, err: process.stderr}

type OutputFor = (isOnePod: boolean) => LogOutput

async function printOnce(
  live: Live,
  request: LogsSessionRequest,
  outputFor: OutputFor,
  world: World,
): Promise<void> {
  const {logs, leftOut, isMasked} = await readPodLogs(
    world.service.name,
    live.environments,
    request,
    world.secrecy,
  )
  const output = outputFor(logs.length === 1)
  if (!isMasked) output.note(NOT_MASKED)
  for (const {pod, lines, fault} of logs) {
    if (!pod.isReady || fault !== undefined) output.about(pod, fault?.message)
    for (const line of lines) output.line(pod, line)
  }
  if (leftOut > 0) output.note(`${leftOut} more pods are left out; name one, or select a release with -l.`)
}

async function follow(
  live: Live,
  request: LogsSessionRequest,
  outputFor: OutputFor,
  {secrecy}: World,
): Promise<void> {
  const signals = listenForSignals({
    onSignal: () => {},
    onAgain: () => {},
    endNow: () => process.exit(exitCodeOf('interrupted')),
  })
  // Who reads has gone (| head): nothing is left to do.
  const gone = new AbortController()
  process.stdout.once('error', () => gone.abort())
  const signal = AbortSignal.any([signals.signal, gone.signal])
  const output = outputFor(request.pod !== undefined)
  const listener = {onLine: output.line, onNote: output.note}
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
