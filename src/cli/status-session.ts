import {readPending, readStatus} from '../flow/status.ts'
import type {World} from '../flow/world.ts'
import type {GivenValue} from '../plan/intent.ts'
import {pendingServices} from '../plan/pending-services.ts'
import type {ServiceStatus} from '../plan/status.ts'
import {UnknownEnvironmentError} from '../charts/environments.ts'
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
  const lookAt = (world: World) => read(environments, name === undefined ? 'from-afar' : 'with-pods', world)
  return withCharts(host, async charts => {
    if (name !== undefined) return [await inReadSession(charts, name, lookAt, {given})]
    const withGiven = (service: string) => (words: readonly GivenValue[]) =>
      inReadSession(charts, service, lookAt, {given: words})
    // A render that failed is not begun again in the same place.
    const ofOne = (service: string) =>
      isPending ? withGiven(service)(given) : withoutFirst(given, withGiven(service))
    if (!isPending) await warmStates(charts, environments)
    // helmfile has answered already, and clusters answer many at once.
    const looked = await atATime(isPending ? 2 : SIDE_BY_SIDE, charts.services, service =>
      look(ofOne, `${service.group}/${service.name}`, environments),
    )
    return onlyHere(looked).toSorted((a, b) => a.service.localeCompare(b.service))
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

/** `elsewhere`: the service has no such environment. */
type Looked = {kind: 'here'; status: ServiceStatus} | {kind: 'elsewhere'; error: DeployError}

// What no service can be read in, and some do not have, is mistyped.
function onlyHere(looked: readonly Looked[]): ServiceStatus[] {
  const here = looked.flatMap(one => (one.kind === 'here' ? [one.status] : []))
  const isAnywhere = here.some(one => one.environments.some(({problem}) => problem === undefined))
  const elsewhere = looked.flatMap(one => (one.kind === 'elsewhere' ? [one.error] : []))
  // One that has something like it says more.
  const error = elsewhere.find(({hint}) => hint?.startsWith('Did you mean')) ?? elsewhere[0]
  if (error !== undefined && !isAnywhere) throw error
  return here
}

// One broken service must not hide the others.
async function look(
  statusOfOne: (name: string) => Promise<ServiceStatus>,
  name: string,
  environments: readonly string[],
): Promise<Looked> {
  try {
    return {kind: 'here', status: await statusOfOne(name)}
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    if (error instanceof UnknownEnvironmentError && environments.length === 1)
      return {kind: 'elsewhere', error}
    const status = {
      service: name,
      environments: [{name: environments.join(', '), problem: problemText(error), releases: []}],
    }
    return {kind: 'here', status}
  }
}

/** The reason too, which stands behind what was being done. */
function problemText({message, hint}: DeployError): string {
  const said = message.replaceAll(/\s+/g, ' ').trim()
  const short = said.length > MAX_PROBLEM ? `${said.slice(0, MAX_PROBLEM)}…` : said
  return hint === undefined ? short : `${short} ${hint}`
}

const MAX_PROBLEM = 400
