import type {Failure} from '../plan/events.ts'
import type {EnvironmentClass} from '../plan/facts.ts'
import type {Stage} from '../plan/plan.ts'
import {type Wave, WAVES, waveOf, waveQuestion} from '../plan/waves.ts'

export type TurnOptions = {
  /** How many work at the same time. */
  parallel: number
  /** So many failed services, and nothing more is begun. */
  maxFailures: number
  /** Asked once for all of them. */
  confirm: (question: string) => Promise<boolean>
  signal: AbortSignal
  /** They are one transaction: none is done with a class of environments before all are. */
  isTogether?: boolean
}

/** Who of many works when. Every member begins, agrees once its plan is made, asks for a turn before each stage, and ends. */
export type Turns = {
  begin(member: string): Promise<void>
  /** One question for all plans, once the last one is made. */
  agree(member: string): Promise<boolean>
  /** Resolves when the stage may begin; `false` when it may not any more. */
  turn(member: string, stage: Stage): Promise<boolean>
  /**
   * Where they are one transaction: why a stage that is healthy goes back with others. Waits for all of them where the member has
   * nothing more to do.
   */
  settle(member: string, done: Stage, next: Stage | undefined): Promise<Failure | undefined>
  /** `back`: it failed, and went back. */
  end(member: string, how: 'well' | 'badly' | 'back'): void
  /** Whether it came as far as its plan, and nothing keeps that from being carried out. */
  hasAgreed(member: string): boolean
}

type Standing =
  | {kind: 'planning' | 'agreeing' | 'agreed' | 'settled' | 'ended'}
  | {kind: 'waiting' | 'working'; wave: Wave}

/** @param question put once all plans are made; none where nobody is to be asked */
export function takeTurns(members: readonly string[], question: string, options: TurnOptions): Turns {
  const standings = new Map<string, Standing>(members.map(member => [member, {kind: 'planning'}]))
  const slots = openSlots(options.parallel)
  const change = bell()
  const asked = new Map<Wave, Promise<boolean>>()
  const done: Wave[] = []
  const ready = new Set<string>()
  let agreed: Promise<boolean> | undefined
  const wentBack: {member: string; environmentClass: EnvironmentClass}[] = []
  const maxFailures = options.isTogether ? 1 : options.maxFailures
  let failures = 0

  options.signal.addEventListener('abort', change.ring, {once: true})
  const move = (member: string, standing: Standing) => {
    standings.set(member, standing)
    change.ring()
  }
  const until = async (isTrue: () => boolean) => {
    while (!isTrue() && !options.signal.aborted) await change.next()
  }
  const isStopped = () => options.signal.aborted || failures >= maxFailures
  const isPlanned = () => [...standings.values()].every(({kind}) => kind !== 'planning')
  const backIn = (environmentClass: EnvironmentClass) =>
    wentBack.filter(one => one.environmentClass === environmentClass).map(({member}) => member)
  const isPassed = (environmentClass: EnvironmentClass) =>
    [...standings.values()].every(one => hasPassed(one, environmentClass))
  const isReached = (wave: Wave) => [...standings.values()].every(one => !isBefore(one, wave))
  const mayBegin = (wave: Wave): Promise<boolean> => {
    const known = asked.get(wave)
    if (known) return known
    const words = waveQuestion(wave, done)
    const answer = words === undefined ? Promise.resolve(true) : options.confirm(words)
    asked.set(wave, answer)
    done.push(wave)
    return answer
  }

  return {
    begin: member => slots.take(member),
    async agree(member) {
      slots.free(member)
      ready.add(member)
      move(member, {kind: 'agreeing'})
      await until(isPlanned)
      // Nothing is begun where one of them cannot be.
      agreed ??= isStopped() || failures > 0 ? Promise.resolve(false) : options.confirm(question)
      const isAgreed = await agreed
      move(member, {kind: 'agreed'})
      return isAgreed
    },
    async turn(member, stage) {
      const wave = waveOf(stage)
      slots.free(member)
      move(member, {kind: 'waiting', wave})
      await until(() => isReached(wave))
      if (isStopped() || !(await mayBegin(wave))) return false
      await slots.take(member)
      if (isStopped()) return false
      move(member, {kind: 'working', wave})
      return true
    },
    async settle(member, {environmentClass}, next) {
      if (!options.isTogether) return undefined
      if (next === undefined) {
        slots.free(member)
        move(member, {kind: 'settled'})
        await until(() => isPassed(environmentClass) || backIn(environmentClass).length > 0)
        if (options.signal.aborted) return {kind: 'interrupted', signal: String(options.signal.reason)}
      }
      const services = backIn(environmentClass)
      return services.length === 0 ? undefined : {kind: 'others-failed', services}
    },
    end(member, how) {
      if (how !== 'well') failures += 1
      const standing = standings.get(member)
      if (how === 'back' && standing !== undefined && 'wave' in standing)
        wentBack.push({member, environmentClass: classOf(standing.wave)})
      slots.free(member)
      move(member, {kind: 'ended'})
    },
    hasAgreed: member => ready.has(member),
  }
}

// Whoever still has something to do in an earlier wave, or has not said yet what it has to do.
function isBefore(standing: Standing, wave: Wave): boolean {
  switch (standing.kind) {
    case 'settled':
    case 'ended':
      return false
    case 'waiting':
    case 'working':
      return WAVES.indexOf(standing.wave) < WAVES.indexOf(wave)
    default:
      return true
  }
}

// Whoever is healthy there, and whoever never comes there.
function hasPassed(standing: Standing, environmentClass: EnvironmentClass): boolean {
  if (standing.kind === 'ended' || standing.kind === 'settled') return true
  return 'wave' in standing && environmentClass === 'staging' && standing.wave !== 'staging'
}

function classOf(wave: Wave): EnvironmentClass {
  return wave === 'staging' ? 'staging' : 'production'
}

function openSlots(count: number) {
  const holders = new Set<string>()
  const queue: {member: string; go: () => void}[] = []
  const admit = () => {
    while (holders.size < count) {
      const next = queue.shift()
      if (next === undefined) return
      holders.add(next.member)
      next.go()
    }
  }
  return {
    take(member: string): Promise<void> {
      if (holders.has(member)) return Promise.resolve()
      return new Promise(go => {
        queue.push({member, go})
        admit()
      })
    },
    free(member: string): void {
      holders.delete(member)
      admit()
    },
  }
}

/** Something that many wait for, again and again. */
function bell() {
  let ringing = Promise.withResolvers<void>()
  return {
    next: () => ringing.promise,
    ring() {
      ringing.resolve()
      ringing = Promise.withResolvers<void>()
    },
  }
}
