import type {DeployEvent} from '../plan/events.ts'
import type {FleetOutcome} from '../plan/fleet-outcome.ts'
import {lineOf} from './event-lines.ts'
import {failureText} from './failure-text.ts'
import {fleetOutcomeText} from './fleet-outcome-text.ts'
import {fleetPlanText, type LabelledPlan} from './fleet-plan-text.ts'
import {counted, listed, padEnd, printable, usableWidth} from './layout.ts'
import {paletteOf} from './palette.ts'
import {timeOfDay} from './time-text.ts'
import {unbreakable, type ViewOptions} from './view.ts'

/** Something that shows a run on many services. It listens and never decides; it never throws. */
export type FleetView = {
  started(services: readonly string[], environments: readonly string[]): void
  on(service: string, event: DeployEvent): void
  /** All plans are made; a question follows, or the work. */
  planned(plans: readonly LabelledPlan[]): void
  finished(outcome: FleetOutcome): void
}

/** A line for every step of every service, each with its name; what helm and the pods do in between is too much for many. */
export function fleetTextView(options: ViewOptions): FleetView {
  const palette = paletteOf(options.color)
  const put = unbreakable(options.write)
  const texts = () => ({...options, width: usableWidth(options.columns()), nowMs: options.nowMs()})
  let nameWidth = 0
  let isPlanned = false

  const say = (atMs: number, line: string) => put(`${palette.dim(timeOfDay(atMs))} ${printable(line)}\n`)
  return {
    started(services, environments) {
      nameWidth = Math.max(...services.map(name => name.length))
      say(options.nowMs(), `${counted(services.length, 'service')} to ${listed(environments)}`)
    },
    on(service, event) {
      if (event.kind === 'command-run' && !options.showsCommands) return
      if (!isPlanned && event.kind !== 'command-run' && event.kind !== 'noted') return
      const line = TOLD.has(event.kind) ? lineOf(event) : undefined
      if (line !== undefined) say(event.atMs, `${padEnd(service, nameWidth)}  ${line}`)
      if (event.kind === 'stage-failed') {
        const stage = `${service} in ${event.stage}`
        put(`\n${failureText(event.failure, {width: texts().width, color: options.color, stage})}\n`)
      }
    },
    planned(plans) {
      isPlanned = true
      put(`\n${fleetPlanText(plans, texts())}`)
    },
    finished: outcome => put(`\n${fleetOutcomeText(outcome, texts())}`),
  }
}

const TOLD: ReadonlySet<DeployEvent['kind']> = new Set<DeployEvent['kind']>([
  'stage-started',
  'stage-finished',
  'fallback-started',
  'release-restored',
  'fallback-verified',
  'fallback-failed',
  'noted',
  'command-run',
])

/** Every event as a line of JSON with its service; the result document last. */
export function fleetJsonView(write: (text: string) => void, showsCommands: boolean): FleetView {
  const put = unbreakable(write)
  const line = (value: unknown) => put(`${JSON.stringify(value)}\n`)
  return {
    started: () => {},
    on(service, event) {
      if (event.kind !== 'command-run' || showsCommands) line({...event, service})
    },
    planned: () => {},
    finished: outcome => line(outcome),
  }
}

/** The result document alone. */
export function fleetDocumentView(write: (text: string) => void): FleetView {
  const put = unbreakable(write)
  return {
    started: () => {},
    on: () => {},
    planned: () => {},
    finished: outcome => put(`${JSON.stringify(outcome, undefined, 2)}\n`),
  }
}
