import type {Config} from '@oclif/core'
import {pickService} from '../charts/catalog.ts'
import type {Line, Offer} from '../completion/grammar.ts'
import {fitting, offersOf} from '../completion/offers.ts'
import {readLine} from '../completion/read-line.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import {listServices} from '../tools/tree.ts'
import {environmentOffers, releaseOffers} from './complete-names.ts'
import {runOffers} from './complete-runs.ts'
import {grammarOf} from './grammar.ts'
import {type Host, openHost, serviceHere} from './host.ts'

export type Completion = {line: Line; offers: readonly Offer[]}

/** What the words may go on with. Never fails: where nothing can be found out, nothing is offered. */
export async function complete(words: readonly string[], config: Config): Promise<Completion> {
  const grammar = grammarOf(config)
  const line = readLine(words, grammar)
  const offers = [...offersOf(line, grammar), ...(await liveOffers(line).catch(() => []))]
  return {line, offers: fitting(line.typed, offers, line.wanted.kind === 'environments')}
}

/** Names that stand in the charts repository, or in a cluster. */
async function liveOffers(line: Line): Promise<Offer[]> {
  const {wanted} = line
  if (wanted.kind === 'commands' ? !wanted.services : !LIVE.has(wanted.kind)) return []
  const host = await openHost({...line.ambient, sandbox: line.ambient.sandbox})
  const services = await listServices(host.chartsRoot)
  if (wanted.kind === 'services' || wanted.kind === 'commands') return serviceOffers(line, services)

  const service = serviceOf(line, host, services)
  if (service === undefined) {
    const mayBeAny = wanted.kind === 'environments' && line.service === undefined
    return mayBeAny ? environmentOffers(services, host) : []
  }
  if (wanted.kind === 'environments') return environmentOffers([service], host)
  if (wanted.kind === 'runs') return runOffers(`${service.group}/${service.name}`, line, host)
  if (wanted.kind === 'selectors') return releaseOffers(service, host)
  const {versionOffers} = await import('./complete-versions.ts')
  return versionOffers(service, line, host)
}

const LIVE: ReadonlySet<string> = new Set(['services', 'environments', 'selectors', 'versions', 'runs'])

/** A name that two groups have is offered with its group; so is every one once a `/` was typed. */
function serviceOffers({typed}: Line, services: readonly ServiceFacts[]): Offer[] {
  const count = Map.groupBy(services, service => service.name)
  return services.map(({group, name}) => ({
    word: typed.includes('/') || (count.get(name)?.length ?? 0) > 1 ? `${group}/${name}` : name,
    about: `a service of ${group}`,
  }))
}

function serviceOf(line: Line, host: Host, services: readonly ServiceFacts[]): ServiceFacts | undefined {
  try {
    return pickService(line.service ?? serviceHere(host), services)
  } catch {
    return undefined
  }
}
