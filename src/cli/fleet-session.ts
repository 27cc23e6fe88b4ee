import {nameServices, type NamedService} from '../charts/name-services.ts'
import {DeployError} from '../errors.ts'
import {mapTexts} from '../diff/map-texts.ts'
import type {Secrecy} from '../flow/secrecy.ts'
import {refuseScap} from '../flow/heed-scap.ts'
import {showPreparation} from '../flow/sites.ts'
import {takeTurns, type Turns} from '../flow/turns.ts'
import type {World} from '../flow/world.ts'
import type {ExitKind} from '../exit-codes.ts'
import type {DeployEvent, EventBody} from '../plan/events.ts'
import {fleetOutcomeOf, isWell, type ServiceEnd} from '../plan/fleet-outcome.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {fleetDocumentView, fleetJsonView, fleetTextView, type FleetView} from '../view/fleet-view.ts'
import {exitKindOf} from './base-command.ts'
import {openAsking} from './asking.ts'
import {isJson, optionsOf, writeOut} from './choose-view.ts'
import {openHost} from './host.ts'
import {inFullCommand, withVersion} from './in-full-command.ts'
import {type Charts, withCharts} from './open-charts.ts'
import {openWorld, runIdOf} from './open-world.ts'
import {publicError} from './public-error.ts'
import {endNow, type SessionFlags, timesOf} from './session.ts'
import {type LastWords, lastWords} from '../view/last-words.ts'
import {AGAIN, listenForSignals} from './signals.ts'

export type Fleet = {
  flags: SessionFlags
  /** Names, patterns, `@GROUP`, each perhaps with `@TAG`. */
  words: readonly string[]
  parallel: number
  maxFailures: number
  isTogether: boolean
  /** And not only shown. */
  isCarriedOut: boolean
  options: PlanOptions
  detail: 'short' | 'full'
  /** One service of them, with the version behind its name. */
  act(world: World, version: string | undefined): Promise<Outcome>
}

/** A run on many services: one preview, one question, each its own transaction, all of staging before any production. */
export async function inFleet(fleet: Fleet): Promise<void> {
  const {flags} = fleet
  const host = await openHost(flags)
  const view = viewOf(flags, fleet.detail)
  const startedAtMs = Date.now()
  const lastSaid = new Map<string, LastWords>()
  let directory: string | undefined
  let tellAll: ((event: EventBody) => void) | undefined
  const signals = listenForSignals({
    onSignal: signal => tellAll?.({kind: 'interrupt-received', signal}),
    onAgain: () => tellAll?.({kind: 'noted', text: AGAIN}),
    endNow: () => endNow(textOfAll(lastSaid), directory),
  })
  try {
    await withCharts(host, async charts => {
      directory = charts.directory
      const {groups, scap} = await charts.settings()
      if (fleet.isCarriedOut) await refuseScap(scap)
      const named = nameServices(fleet.words, charts.services, groups)
      const plans = new Map<string, Plan>()
      const show = once(() => {
        view.planned(
          named.flatMap(({label, version}) => {
            const plan = plans.get(label)
            const inFull = inFullCommand(label, withVersion(flags, version))
            return plan === undefined ? [] : [{label, plan, inFull}]
          }),
        )
      })
      const {confirm} = openAsking({yes: flags.yes, signal: signals.signal})
      const labels = named.map(one => one.label)
      const turns = takeTurns(labels, `Deploy these ${labels.length} services?`, {
        parallel: fleet.parallel,
        maxFailures: fleet.maxFailures,
        isTogether: fleet.isTogether,
        signal: signals.signal,
        confirm(question) {
          show()
          return confirm(question)
        },
      })
      view.started(labels, flags.env)
      const hear = (service: string, event: EventBody) => {
        if (event.kind === 'plan-made') plans.set(service, event.plan)
        wordsOf(lastSaid, service).hear(event)
        view.on(service, {atMs: Date.now(), ...event} as DeployEvent)
      }
      tellAll = event => {
        for (const label of labels) hear(label, event)
      }
      const isLocalTreeAllowed = fleet.options.isLocalTreeAllowed || host.isSandbox
      const site = {fleet, charts, turns, signals, startedAtMs, hear, isLocalTreeAllowed}
      const ends = await Promise.all(named.map(one => runOne(one, site)))
      show()
      const outcome = fleetOutcomeOf(ends, Date.now() - startedAtMs)
      view.finished(outcome)
      process.exitCode = outcome.exitCode
    })
  } finally {
    signals.dispose()
  }
}

function wordsOf(all: Map<string, LastWords>, service: string): LastWords {
  const words = all.get(service) ?? lastWords()
  all.set(service, words)
  return words
}

function textOfAll(all: ReadonlyMap<string, LastWords>): string | undefined {
  const texts = [...all].flatMap(([service, words]) => {
    const text = words.text()
    return text === undefined ? [] : [`\n${service}${text}`]
  })
  return texts.length === 0 ? undefined : texts.join('')
}

type FleetSite = {
  fleet: Fleet
  charts: Charts
  turns: Turns
  signals: ReturnType<typeof listenForSignals>
  startedAtMs: number
  isLocalTreeAllowed: boolean
  hear(service: string, event: EventBody): void
}

async function runOne(named: NamedService, site: FleetSite): Promise<ServiceEnd> {
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

function viewOf(flags: SessionFlags, detail: 'short' | 'full'): FleetView {
  if (flags.events) return fleetJsonView(writeOut, flags['show-commands'] ?? false)
  return isJson(flags) ? fleetDocumentView(writeOut) : fleetTextView(optionsOf(flags, detail))
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    act()
  }
}
