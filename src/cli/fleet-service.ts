import type {NamedService} from '../charts/name-services.ts'
import {mapTexts} from '../diff/map-texts.ts'
import {DeployError} from '../errors.ts'
import type {ExitKind} from '../exit-codes.ts'
import type {Secrecy} from '../flow/secrecy.ts'
import {showPreparation} from '../flow/sites.ts'
import type {Turns} from '../flow/turns.ts'
import type {EventBody} from '../plan/events.ts'
import {isWell, type ServiceEnd} from '../plan/fleet-outcome.ts'
import type {Outcome} from '../plan/outcome.ts'
import {exitKindOf} from './base-command.ts'
import type {Fleet} from './fleet-session.ts'
import type {Charts} from './open-charts.ts'
import {openWorld, runIdOf} from './open-world.ts'
import {publicError} from './public-error.ts'
import {timesOf} from './session.ts'
import type {listenForSignals} from './signals.ts'

export type FleetSite = {
  fleet: Fleet
  charts: Charts
  turns: Turns
  signals: ReturnType<typeof listenForSignals>
  startedAtMs: number
  isLocalTreeAllowed: boolean
  hear(service: string, event: EventBody): void
}

/** One service of many: its own world, and its turn when the others leave it one. */
export async function runOne(named: NamedService, site: FleetSite): Promise<ServiceEnd> {
  const {turns} = site
  const service = named.label
  await turns.begin(service)
  try {
    const outcome = await act(named, site)
    // Whoever came to an agreement and was not begun is not at fault.
    const isSpared = outcome.kind === 'declined' && turns.hasAgreed(service)
    turns.end(service, isWell(outcome.kind) || isSpared ? 'well' : howBad(outcome.kind))
    return {service, outcome}
  } catch (error) {
    turns.end(service, 'badly')
    return {service, error: errorOf(error as Error)}
  }
}

function howBad(kind: ExitKind): 'badly' | 'back' {
  return kind === 'rolled-back' || kind === 'partly-back' ? 'back' : 'badly'
}

async function act({service: facts, version, label}: NamedService, site: FleetSite): Promise<Outcome> {
  const {fleet, charts, turns, signals, startedAtMs} = site
  const name = `${facts.group}/${facts.name}`
  const {service, settings} = await charts.open(name)
  let secrecy: Secrecy | undefined
  let isAgreed = false
  const {world, close} = await openWorld({
    runId: runIdOf(startedAtMs),
    startedAtMs,
    charts,
    service,
    settings: timesOf(fleet.flags)(settings),
    options: {...fleet.options, isLocalTreeAllowed: site.isLocalTreeAllowed},
    given: fleet.flags.given,
    signal: signals.signal,
    hasHungUp: signals.hasHungUp,
    emit: body =>
      site.hear(
        label,
        mapTexts(body, text => secrecy?.mask(text) ?? text),
      ),
    // Only the first question is its own; what comes between stages is asked once for all, with the turn.
    async confirm() {
      if (isAgreed) return true
      isAgreed = await turns.agree(label)
      return isAgreed
    },
    choose: async () => undefined,
    turn: stage => turns.turn(label, stage),
    settle: (done, next) => turns.settle(label, done, next),
  })
  secrecy = world.secrecy
  showPreparation(world)
  try {
    // The events' texts are masked on their way; the document goes another one.
    const outcome = mapTexts(await fleet.act(world, version), world.secrecy.mask)
    world.emit({kind: 'run-finished', outcome})
    return outcome
  } catch (error) {
    throw await publicError(error as Error, world)
  } finally {
    await close()
  }
}

function errorOf(error: Error): Extract<ServiceEnd, {error: unknown}>['error'] {
  const hint = error instanceof DeployError ? error.hint : undefined
  return {kind: exitKindOf(error), message: error.message, ...(hint === undefined ? {} : {hint})}
}
