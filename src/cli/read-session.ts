import type {GivenValue} from '../plan/intent.ts'
import type {World} from '../flow/world.ts'
import {DeployError} from '../errors.ts'
import type {Charts} from './open-charts.ts'
import {openWorld, runIdOf} from './open-world.ts'
import {publicError} from './public-error.ts'

/** Whose matters are looked at, and where. */
export type ServiceRequest = {
  name: string | undefined
  environments: readonly string[]
  /** What its helmfile cannot do without. */
  given: readonly GivenValue[]
}

export type ReadSessionOptions = {signal?: AbortSignal; given?: readonly GivenValue[]; asksRegistry?: boolean}

/**
 * A world for looking only: no view listens, nobody is asked, and nothing of it is left behind.
 * @param options `signal` ends it early, with the signal's own reason
 */
export async function inReadSession<T>(
  charts: Charts,
  name: string | undefined,
  look: (world: World) => Promise<T>,
  {signal = new AbortController().signal, given = [], asksRegistry = false}: ReadSessionOptions = {},
): Promise<T> {
  const {service, settings} = await charts.open(name)
  const startedAtMs = Date.now()
  const {world, close} = await openWorld({
    runId: runIdOf(startedAtMs),
    startedAtMs,
    charts,
    service,
    // What only looks has no need to know whether an image can be pulled.
    settings: asksRegistry ? settings : {...settings, registry: {...settings.registry, isAsked: false}},
    options: {
      isLocalTreeAllowed: true,
      isOverrideAllowed: true,
      override: 'take-git',
      isRetry: true,
      isUnattended: true,
    },
    given,
    signal,
    hasHungUp: () => false,
    emit: () => {},
    confirm: async () => false,
    choose: async () => undefined,
    turn: async () => false,
  })
  try {
    return await Promise.race([look(world), rejection(signal)])
  } catch (error) {
    throw await publicError(error as Error, world)
  } finally {
    await close()
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  const {promise, reject} = Promise.withResolvers<never>()
  promise.catch(() => {})
  signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true})
  if (signal.aborted) reject(signal.reason as Error)
  return promise
}

/** Most services need nothing to be given, and helmfile answers for them together; what is given is for those that do. */
export async function withoutFirst<T>(
  given: readonly GivenValue[],
  act: (given: readonly GivenValue[]) => Promise<T>,
): Promise<T> {
  try {
    return await act([])
  } catch (error) {
    if (given.length === 0 || !(error instanceof DeployError) || error.exitKind !== 'bad-render') throw error
    return act(given)
  }
}

/** The results in the order of the items. Two helmfiles at a time: one would leave a core idle, more would only wait. */
export function twoAtATime<Item, Result>(
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return atATime(2, items, act)
}

export async function atATime<Item, Result>(
  count: number,
  items: readonly Item[],
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const waiting = items.entries()
  const work = async () => {
    for (const [index, item] of waiting) results[index] = await act(item)
  }
  await Promise.all(Array.from({length: count}, work))
  return results
}
