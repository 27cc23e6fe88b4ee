import {EXIT_CODES, type ExitKind, isTouchedEnd} from '../exit-codes.ts'
import {isTouched as hasTouched, type Outcome} from './outcome.ts'

/** How a run on many services ended: the document of `--json` and the last line of `--events`. */
export type FleetOutcome = {
  schema: 1
  kind: ExitKind
  exitCode: number
  /** One sentence for a person. */
  summary: string
  services: readonly ServiceEnd[]
  /** What to type next, if there is something. */
  next?: string
  durationMs: number
}

/** `GROUP/NAME` where two groups have the name. */
export type ServiceEnd =
  | {service: string; outcome: Outcome}
  /** It ended before it had a plan. */
  | {service: string; error: ServiceError}

export type ServiceError = {kind: ExitKind; message: string; hint?: string}

/** Of several bad ends the one that wants a person most. */
const TOUCHED_ORDER: readonly ExitKind[] = [
  'partly-back',
  'terminated',
  'interrupted',
  'rolled-back',
  'paused',
]

/** @param ends of every service, in the order in which they were named */
export function fleetOutcomeOf(ends: readonly ServiceEnd[], durationMs: number): FleetOutcome {
  const kind = fleetKind(ends)
  const next = nextOf(ends)
  return {
    schema: 1,
    kind,
    exitCode: EXIT_CODES[kind].code,
    summary: summaryOf(ends),
    services: ends,
    ...(next === undefined ? {} : {next}),
    durationMs,
  }
}

export function kindOfEnd(end: ServiceEnd): ExitKind {
  return 'outcome' in end ? end.outcome.kind : end.error.kind
}

/** Nothing is wrong with it: deployed, nothing to do, or a preview that is as wanted. */
export function isWell(kind: ExitKind): boolean {
  return kind === 'deployed' || kind === 'changes'
}

// Once anything was touched only 0, 10, 11, 13, 130 and 143 are possible, of the whole run as well.
function fleetKind(ends: readonly ServiceEnd[]): ExitKind {
  const kinds = ends.map(kindOfEnd)
  const bad = kinds.filter(kind => !isWell(kind))
  if (bad.length === 0) return kinds.includes('changes') ? 'changes' : 'deployed'
  if (!ends.some(isTouched)) return bad.find(kind => kind !== 'declined') ?? 'declined'
  // The others are done; the same command goes on with those that could not begin.
  return TOUCHED_ORDER.find(kind => bad.includes(kind)) ?? 'paused'
}

export function isTouched(end: ServiceEnd): boolean {
  return 'outcome' in end && hasTouched(end.outcome)
}

function summaryOf(ends: readonly ServiceEnd[]): string {
  const named = (title: string, isMeant: (end: ServiceEnd) => boolean) => {
    const names = ends.filter(isMeant).map(end => end.service)
    return names.length === 0 ? [] : [`${title} ${names.length}${namesText(names)}`]
  }
  const parts = [
    ...named('deployed', end => isWell(kindOfEnd(end)) && isTouched(end)),
    ...named('would change', end => wouldChange(end)),
    ...named('nothing to do', end => isWell(kindOfEnd(end)) && !isTouched(end) && !wouldChange(end)),
    ...named('failed and back', end => kindOfEnd(end) === 'rolled-back'),
    ...named('NOT BACK', end => kindOfEnd(end) === 'partly-back'),
    ...named('interrupted and back', end => ['interrupted', 'terminated'].includes(kindOfEnd(end))),
    ...named('paused', end => kindOfEnd(end) === 'paused'),
    ...named('not begun', end => isNotBegun(end)),
  ]
  if (ends.length === 0) return 'No service is pending: nothing to do.'
  return `Of ${ends.length} ${ends.length === 1 ? 'service' : 'services'}: ${parts.join('; ')}.`
}

// The good ones are many, and nobody looks for one of them.
function namesText(names: readonly string[]): string {
  return names.length > 5 ? '' : ` (${names.join(', ')})`
}

function wouldChange(end: ServiceEnd): boolean {
  return 'outcome' in end && isWell(end.outcome.kind) && (end.outcome.plan?.stages.length ?? 0) > 0
}

function isNotBegun(end: ServiceEnd): boolean {
  const kind = kindOfEnd(end)
  return !isWell(kind) && !isTouchedEnd(kind)
}

function nextOf(ends: readonly ServiceEnd[]): string | undefined {
  const bad = ends.filter(end => !isWell(kindOfEnd(end)))
  const worst = [...TOUCHED_ORDER].flatMap(kind => bad.filter(end => kindOfEnd(end) === kind))
  const first = worst[0] ?? bad.find(end => kindOfEnd(end) !== 'declined') ?? bad[0]
  if (first === undefined) return undefined
  return 'outcome' in first ? first.outcome.next : first.error.hint
}
