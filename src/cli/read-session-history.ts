import {DeployError} from '../errors.ts'
import {type HistoryRun, newestFirst, pickRun, readHistory} from '../flow/history.ts'
import type {World} from '../flow/world.ts'
import type {BaseFlags} from './base-command.ts'
import {type Host, isInService, openHost} from './host.ts'
import {type Live, withLive} from './live-session.ts'
import {type Charts, withCharts} from './open-charts.ts'
import {inReadSession, type ServiceRequest, twoAtATime, withoutFirst} from './read-session.ts'

export type History = {
  runs: readonly HistoryRun[]
  /** Where nothing could be read. */
  problems: readonly HistoryProblem[]
}

export type HistoryProblem = {service: string; environment: string; problem: string}

/**
 * What happened: to one service, or to all of them.
 * @param request no name means the service one stands in, else every service
 */
export async function historyOf(flags: BaseFlags, request: ServiceRequest): Promise<History> {
  return historyAt(await openHost(flags), request)
}

/** The same where the charts repository and its configuration have been found already. */
export async function historyAt(host: Host, request: ServiceRequest, signal?: AbortSignal): Promise<History> {
  const isAll = request.name === undefined && !isInService(host)
  return withCharts(host, async charts => {
    if (!isAll) return ofOne(charts, request, signal)
    const names = charts.services.map(service => `${service.group}/${service.name}`)
    const read = await twoAtATime(names, name => ofOneOrProblem(charts, {...request, name}))
    return {
      runs: newestFirst(read.flatMap(one => one.runs)),
      problems: read.flatMap(one => one.problems),
    }
  })
}

/** One run with all that is known of it. */
export async function runOf(
  flags: BaseFlags,
  request: ServiceRequest,
  runId: string,
): Promise<{run: HistoryRun; problems: readonly HistoryProblem[]}> {
  const {runs, problems} = await historyOf(flags, request)
  return {run: pickRun(runs, runId), problems}
}

async function ofOne(
  charts: Charts,
  {name, environments, given}: ServiceRequest,
  signal?: AbortSignal,
): Promise<History> {
  const request = {environments, selectors: [], identity: 'anyone'} as const
  const look = (world: World) => withLive(request, world, live => readLive(live, world))
  return inReadSession(charts, name, look, {given, ...(signal === undefined ? {} : {signal})})
}

async function readLive(live: Live, world: World): Promise<History> {
  const service = `${world.service.group}/${world.service.name}`
  const {runs, problems} = await readHistory(service, live.environments, world.service.name)
  const failed = [...live.problems, ...problems]
  // Nothing at all could be read: that is the answer, not an empty list.
  if (failed[0] !== undefined && problems.length === live.environments.length) throw failed[0].error
  return {
    runs,
    problems: failed.map(({environment, error}) => ({service, environment, problem: firstLine(error)})),
  }
}

// One broken service must not hide the others.
async function ofOneOrProblem(charts: Charts, request: ServiceRequest & {name: string}): Promise<History> {
  try {
    return await withoutFirst(request.given, given => ofOne(charts, {...request, given}))
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    const environment = request.environments.join(', ')
    return {runs: [], problems: [{service: request.name, environment, problem: firstLine(error)}]}
  }
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0] ?? ''
}
