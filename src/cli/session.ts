import {rmSync, writeSync} from 'node:fs'
import {pickService} from '../charts/catalog.ts'
import {exitCodeOf} from '../exit-codes.ts'
import {mapTexts} from '../diff/map-texts.ts'
import {showPreparation} from '../flow/sites.ts'
import type {Secrecy} from '../flow/secrecy.ts'
import {waitingForLock} from '../flow/wait-for-lock.ts'
import type {World} from '../flow/world.ts'
import type {DeployEvent, EventBody} from '../plan/events.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {Outcome} from '../plan/outcome.ts'
import {listServices} from '../tools/tree.ts'
import type {BaseFlags} from './base-command.ts'
import {type AskingView, chooseView, type ViewFlags} from './choose-view.ts'
import {lastWords} from '../view/last-words.ts'
import {parseDuration} from './typed-values.ts'
import {type AskedFlags, inFullCommand} from './in-full-command.ts'
import {type Host, openHost, serviceHere} from './host.ts'
import {type Charts, withCharts} from './open-charts.ts'
import {openWorld, runIdOf} from './open-world.ts'
import {publicError} from './public-error.ts'
import {AGAIN, type InterruptAnswer, listenForSignals} from './signals.ts'

export type SessionFlags = BaseFlags &
  ViewFlags &
  AskedFlags & {
    timeout?: string | undefined
    window?: string | undefined
    bake?: string | undefined
    'wait-lock'?: string | undefined
  }

/**
 * One run from the parsed flags to its exit code: finds the service, opens the world and the view, carries out
 * `act`, and leaves nothing behind.
 * @param meanwhile begun while programs copy the charts repository; its failure is for `act` to find
 */
export async function inSession(
  flags: SessionFlags,
  name: string | undefined,
  options: PlanOptions,
  detail: 'short' | 'full',
  act: (world: World) => Promise<Outcome>,
  meanwhile?: () => Promise<unknown>,
): Promise<Outcome> {
  const overrides = timesOf(flags)
  const patienceMs = parseDuration('wait-lock', flags['wait-lock']) ?? 0
  const host = await openHost(flags)
  const asked = name ?? serviceHere(host)
  const glimpsed = await glimpse(host, asked)
  const words = lastWords()
  let runDirectory: string | undefined
  let view: AskingView | undefined
  let secrecy: Secrecy | undefined
  const emit = (body: EventBody) => {
    words.hear(body)
    const shown = mapTexts(body, text => secrecy?.mask(text) ?? text)
    view?.on({atMs: Date.now(), ...shown} as DeployEvent)
  }
  const over = new AbortController()
  let question: Promise<InterruptAnswer> | undefined
  const signals = listenForSignals({
    onSignal(signal) {
      view?.endLine()
      emit({kind: 'interrupt-received', signal})
    },
    onAgain: () => emit({kind: 'noted', text: AGAIN}),
    endNow: () => endNow(words.text(), runDirectory),
    ask(giveUp) {
      if (!words.isUndecided()) return undefined
      const isOver = () => over.signal.aborted || !words.isUndecided()
      question = askWhatCtrlCMeans(view, AbortSignal.any([giveUp, over.signal]), isOver, emit)
      return question
    },
  })
  view = await chooseView({...flags, inFull: inFullCommand(glimpsed ?? asked, flags)}, detail, signals.signal)
  const asking = view
  try {
    const startedAtMs = Date.now()
    const runId = runIdOf(startedAtMs)
    const begin = (service: string) => emit({kind: 'run-started', runId, service, environments: flags.env})
    // Before anything slow: something to read at once.
    if (glimpsed !== undefined) begin(glimpsed)
    const work = async (charts: Charts): Promise<Outcome> => {
      runDirectory = charts.directory
      const {service, settings} = await charts.open(asked)
      if (glimpsed === undefined) begin(service.name)
      const {world, close} = await openWorld({
        runId,
        startedAtMs,
        charts,
        service,
        settings: overrides(settings),
        options: {...options, isLocalTreeAllowed: options.isLocalTreeAllowed || host.isSandbox},
        given: flags.given,
        signal: signals.signal,
        hasHungUp: signals.hasHungUp,
        emit,
        async confirm(words) {
          const isAgreed = await asking.confirm(words)
          // A Ctrl-C may have come instead of an answer: what it means is settled first.
          await question
          return isAgreed
        },
        choose: asking.choose,
        // Nothing more is begun while a person is asked whether it shall be.
        async turn() {
          await question
          return true
        },
      })
      secrecy = world.secrecy
      showPreparation(world)
      try {
        const outcome = await waitingForLock(patienceMs, world, act)
        emit({kind: 'run-finished', outcome})
        process.exitCode = outcome.exitCode
        return outcome
      } catch (error) {
        throw await publicError(error as Error, world)
      } finally {
        await close()
      }
    }
    return await withCharts(host, work, meanwhile)
  } finally {
    over.abort()
    await question
    await asking.close()
    signals.dispose()
  }
}

// As far as a look at the working tree tells; what the run works on decides.
async function glimpse(host: Host, asked: string): Promise<string | undefined> {
  try {
    return pickService(asked, await listServices(host.chartsRoot)).name
  } catch {
    return undefined
  }
}

async function askWhatCtrlCMeans(
  view: AskingView | undefined,
  giveUp: AbortSignal,
  isOver: () => boolean,
  emit: (body: EventBody) => void,
): Promise<InterruptAnswer> {
  const answer = (await view?.interrupt(giveUp)) ?? 'undo'
  // It ended, or failed and goes back by itself, before there was an answer.
  if (isOver()) return 'go-on'
  emit({kind: 'noted', text: AFTER_ANSWER[answer]})
  return answer
}

const AFTER_ANSWER: Record<InterruptAnswer, string> = {
  undo: 'undoing what this run touched',
  stop: 'finishing this environment, then it stops; deploy resume goes on',
  'go-on': 'going on',
}

// The third Ctrl-C: no more waiting, but never without a word.
export function endNow(text: string | undefined, runDirectory: string | undefined): never {
  try {
    if (text !== undefined) writeSync(2, text)
    if (runDirectory !== undefined) rmSync(runDirectory, {recursive: true, force: true})
  } catch {
    // Nobody reads, or nothing can be removed any more.
  }
  process.exit(text === undefined ? exitCodeOf('declined') : exitCodeOf('partly-back'))
}

// Checked before anything is opened: a mistyped duration is a matter of the command line alone.
export function timesOf(flags: SessionFlags) {
  const timeoutMs = parseDuration('timeout', flags.timeout)
  const windowMs = parseDuration('window', flags.window)
  const bakeMs = parseDuration('bake', flags.bake)
  return (settings: World['settings']): World['settings'] => ({
    ...settings,
    timeoutMs: timeoutMs ?? settings.timeoutMs,
    windowMs: windowMs === undefined ? settings.windowMs : {staging: windowMs, production: windowMs},
    bakeMs: bakeMs ?? settings.bakeMs,
  })
}
