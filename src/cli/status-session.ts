import {readPending, readStatus} from '../flow/status.ts'
import type {World} from '../flow/world.ts'
import type {GivenValue} from '../plan/intent.ts'
import {pendingServices} from '../plan/pending-services.ts'
import type {ServiceStatus} from '../plan/status.ts'
import {DeployError} from '../errors.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {withCharts} from './open-charts.ts'
import {atATime, inReadSession, type ServiceRequest, withoutFirst} from './read-session.ts'
import {warmStates} from './warm-states.ts'

/** The status of one service, or of every service of the charts repository; `isPending`: beside what git says. */
export async function statusOf(
  flags: BaseFlags,
  {name, environments, given}: ServiceRequest,
  isPending: boolean,
): Promise<ServiceStatus[]> {
  const host = await openHost(flags)
  const read = isPending ? readPending : readStatus
  const look = (world: World) => read(environments, name === undefined ? 'from-afar' : 'with-pods', world)
  return withCharts(host, async charts => {
    if (name !== undefined) return [await inReadSession(charts, name, look, {given})]
    const withGiven = (service: string) => (words: readonly GivenValue[]) =>
      inReadSession(charts, service, look, {given: words})
    // A render that failed is not begun again in the same place.
    const ofOne = (service: string) =>
      isPending ? withGiven(service)(given) : withoutFirst(given, withGiven(service))
    if (!isPending) await warmStates(charts, environments)
    // helmfile has answered already, and clusters answer many at once.
    const found = await atATime(isPending ? 2 : SIDE_BY_SIDE, charts.services, service =>
      orProblem(ofOne, `${service.group}/${service.name}`, environments),
    )
    return found.toSorted((a, b) => a.service.localeCompare(b.service))
  })
}

/**
 * The services, as words, that git wants changed in these environments; which ones are left out is said at once.
 * @param say where a person reads it
 */
export async function pendingWords(
  flags: BaseFlags,
  request: Omit<ServiceRequest, 'name'>,
  say: (line: string) => void,
): Promise<readonly string[]> {
  say('Looking at every service: what is merged and not deployed …')
  const {pending, leftOut} = pendingServices(await statusOf(flags, {...request, name: undefined}, true))
  for (const line of leftOut) say(line)
  return pending
}

const SIDE_BY_SIDE = 8

// One broken service must not hide the others.
async function orProblem(
  statusOfOne: (name: string) => Promise<ServiceStatus>,
  name: string,
  environments: readonly string[],
): Promise<ServiceStatus> {
  try {
    return await statusOfOne(name)
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return {
      service: name,
      environments: [{name: environments.join(', '), problem: problemText(error), releases: []}],
    }
  }
}

/** The reason too, which stands behind what was being done. */
function problemText({message, hint}: DeployError): string {
  const said = message.replaceAll(/\s+/g, ' ').trim()
  const short = said.length > MAX_PROBLEM ? `${said.slice(0, MAX_PROBLEM)}…` : said
  return hint === undefined ? short : `${short} ${hint}`
}

const MAX_PROBLEM = 400
