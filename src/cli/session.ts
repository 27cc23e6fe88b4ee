import {pickService} from '../charts/catalog.ts'
import {showPreparation} from '../flow/sites.ts'
import {waitingForLock} from '../flow/wait-for-lock.ts'
import type {World} from '../flow/world.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {Outcome} from '../plan/outcome.ts'
import {listServices} from '../tools/tree.ts'
import type {BaseFlags} from './base-command.ts'
import {type AskingView, chooseView, type ViewFlags} from './choose-view.ts'
import {type Host, openHost, serviceHere} from './host.ts'
import {type AskedFlags, inFullCommand} from './in-full-command.ts'
import {type Interrupts, listenForInterrupts} from './interrupts.ts'
import {type Charts, withCharts} from './open-charts.ts'
import {openWorld, runIdOf, type WorldRequest} from './open-world.ts'
import {publicError} from './public-error.ts'
import {openTeller, type Teller} from './teller.ts'
import {parseDuration} from './typed-values.ts'

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
  act: Act,
  meanwhile?: () => Promise<unknown>,
): Promise<Outcome> {
  const overrides = timesOf(flags)
  const patienceMs = parseDuration('wait-lock', flags['wait-lock']) ?? 0
  const host = await openHost(flags)
  const asked = name ?? serviceHere(host)
  const glimpsed = await glimpse(host, asked)
  const teller = openTeller()
  let runDirectory: string | undefined
  const interrupts = listenForInterrupts(teller, () => runDirectory)
  const {signals} = interrupts
  const inFull = inFullCommand(glimpsed ?? asked, flags)
  const view = await chooseView({...flags, inFull}, detail, signals.signal)
  teller.showOn(view)
  try {
    const startedAtMs = Date.now()
    const runId = runIdOf(startedAtMs)
    const begin = (service: string) =>
      teller.emit({kind: 'run-started', runId, service, environments: flags.env})
    // Before anything slow: something to read at once.
    if (glimpsed !== undefined) begin(glimpsed)
    const work = async (charts: Charts): Promise<Outcome> => {
      runDirectory = charts.directory
      const {service, settings} = await charts.open(asked)
      if (glimpsed === undefined) begin(service.name)
      const request: WorldRequest = {
        runId,
        startedAtMs,
        charts,
        service,
        settings: overrides(settings),
        options: {...options, isLocalTreeAllowed: options.isLocalTreeAllowed || host.isSandbox},
        given: flags.given,
        ...answersOf(view, interrupts),
        emit: teller.emit,
      }
      return actIn(request, teller, world => waitingForLock(patienceMs, world, act))
    }
    return await withCharts(host, work, meanwhile)
  } finally {
    await interrupts.settle()
    await view.close()
    signals.dispose()
  }
}

type Act = (world: World) => Promise<Outcome>

// A Ctrl-C may have come instead of an answer, or before something is begun: what it means is settled first.
function answersOf(
  view: AskingView,
  {signals, answered}: Interrupts,
): Pick<WorldRequest, 'signal' | 'hasHungUp' | 'confirm' | 'choose' | 'turn'> {
  return {
    signal: signals.signal,
    hasHungUp: signals.hasHungUp,
    async confirm(words) {
      const isAgreed = await view.confirm(words)
      await answered()
      return isAgreed
    },
    choose: view.choose,
    async turn() {
      await answered()
      return true
    },
  }
}

async function actIn(request: WorldRequest, teller: Teller, act: Act): Promise<Outcome> {
  const {world, close} = await openWorld(request)
  teller.hideWith(world.secrecy)
  showPreparation(world)
  try {
    const outcome = await act(world)
    teller.emit({kind: 'run-finished', outcome})
    process.exitCode = outcome.exitCode
    return outcome
  } catch (error) {
    throw await publicError(error as Error, world)
  } finally {
    await close()
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
