import {DeployError} from '../errors.ts'
import {type HistoryRun, newestFirst, pickRun, readHistory} from '../flow/history.ts'
import type {World} from '../flow/world.ts'
import type {BaseFlags} from './base-command.ts'
import {type Host, isInService, openHost} from './host.ts'
import {type Live, withLive} from './live-session.ts'
import {type Charts, withCharts} from './open-charts.ts'
import {inReadSession, twoAtATime} from './read-session.ts'

export type History = {
  runs: readonly HistoryRun[]
  /** Where nothing could be read. */
  problems: readonly HistoryProblem[]
}

export type HistoryProblem = {service: string; environment: string; problem: string}

/**
 * What happened: to one service, or to all of them.
 * @param name none means the service one stands in, else every service
 */
export async function historyOf(
  flags: BaseFlags,
  name: string | undefined,
  environments: readonly string[],
): Promise<History> {
  return historyAt(await openHost(flags), name, environments)
}

/** The same where the charts repository and its configuration have been found already. */
export async function historyAt(
  host: Host,
  name: string | undefined,
  environments: readonly string[],
  signal?: AbortSignal,
): Promise<History> {
  const isAll = name === undefined && !isInService(host)
  return withCharts(host, async charts => {
    if (!isAll) return ofOne(charts, name, environments, signal)
    const names = charts.services.map(service => `${service.group}/${service.name}`)
    const read = await twoAtATime(names, one => ofOneOrProblem(charts, one, environments))
    return {
      runs: newestFirst(read.flatMap(one => one.runs)),
      problems: read.flatMap(one => one.problems),
    }
  })
}

/** One run with all that is known of it. */
export async function runOf(
  flags: BaseFlags,
  name: string | undefined,
  runId: string,
  environments: readonly string[],
): Promise<{run: HistoryRun; problems: readonly HistoryProblem[]}> {
  const {runs, problems} = await historyOf(flags, name, environments)
  return {run: pickRun(runs, runId), problems}
}

async function ofOne(
  charts: Charts,
  name: string | undefined,
  environments: readonly string[],
  signal?: AbortSignal,
): Promise<History> {
  const request = {environments, selectors: [], identity: 'anyone'} as const
  const look = (world: World) => withLive(request, world, live => readLive(live, world))
  return inReadSession(charts, name, look, signal === undefined ? {} : {signal})
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
async function ofOneOrProblem(
  charts: Charts,
  name: string,
  environments: readonly string[],
): Promise<History> {
  try {
    return await ofOne(charts, name, environments)
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    const environment = environments.join(', ')
    return {runs: [], problems: [{service: name, environment, problem: firstLine(error)}]}
  }
}

function firstLine(error: Error): string {
  return error.message.split('\n')[0] ?? ''
}
