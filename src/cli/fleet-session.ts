import {nameServices} from '../charts/name-services.ts'
import {refuseScap} from '../flow/heed-scap.ts'
import {takeTurns} from '../flow/turns.ts'
import type {World} from '../flow/world.ts'
import type {DeployEvent, EventBody} from '../plan/events.ts'
import {fleetOutcomeOf} from '../plan/fleet-outcome.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {Outcome} from '../plan/outcome.ts'
import type {Plan} from '../plan/plan.ts'
import {fleetDocumentView, fleetJsonView, fleetTextView, type FleetView} from '../view/fleet-view.ts'
import {openAsking} from './asking.ts'
import {isJson, optionsOf, writeOut} from './choose-view.ts'
import {openHost} from './host.ts'
import {inFullCommand, withVersion} from './in-full-command.ts'
import {endNow} from './interrupts.ts'
import {runOne} from './fleet-service.ts'
import {withCharts} from './open-charts.ts'
import type {SessionFlags} from './session.ts'
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
        if (named.length === 0) return
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
      if (labels.length > 0) view.started(labels, flags.env)
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
