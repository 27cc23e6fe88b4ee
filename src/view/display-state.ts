import type {DeployEvent, Failure} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {Plan} from '../plan/plan.ts'
import type {WorkloadProgress} from '../rollout/verdict.ts'

/** What is to be seen of a run at one moment: the events so far, boiled down. */
export type DisplayState = {
  plan: Plan | undefined
  /** What is being read before there is a plan. */
  reading: string | undefined
  /** In the order in which they began; going back is a phase of its own. */
  phases: readonly Phase[]
}

/** A stage on its way, or a stage on its way back. */
export type Phase = {
  stage: string
  direction: 'forward' | 'back'
  status: PhaseStatus
  startedAtMs: number
  releases: readonly ReleaseDisplay[]
}

export type PhaseStatus =
  | {kind: 'rolling-out'}
  /** Everything is healthy and has to stay so for a while. */
  | {kind: 'holding'; sinceMs: number; windowMs: number}
  | {kind: 'done'; durationMs: number}
  | {kind: 'failed'; failure: Failure | undefined}

export type ReleaseDisplay = {
  release: ReleaseRef
  status: ReleaseStatus
  workloads: readonly WorkloadProgress[]
  /** When the budget is used up; counted down without further events. */
  deadlineMs: number | undefined
}

export type ReleaseStatus =
  | {kind: 'waiting'}
  | {kind: 'applying'}
  | {kind: 'rolling-out'}
  | {kind: 'ready'; durationMs: number}
  | {kind: 'failed'}
  | {kind: 'restoring'}
  | {kind: 'restored'; toRevision: number | undefined}
  | {kind: 'not-restored'; message: string; command: string}

export const NOTHING_YET: DisplayState = {plan: undefined, reading: undefined, phases: []}

/** The next state. Pure: the same events always show the same picture. */
export function nextDisplay(state: DisplayState, event: DeployEvent): DisplayState {
  switch (event.kind) {
    case 'reading-started':
      return {...state, reading: event.what}
    case 'plan-made':
      return {...state, reading: undefined, plan: event.plan}
    case 'stage-started':
      return begin(state, event.stage, 'forward', event.releases.map(waiting), event.atMs)
    case 'fallback-started':
      return begin(state, event.stage, 'back', toRestore(state, event.stage), event.atMs)
    case 'run-finished':
      return {...state, reading: undefined}
    default:
      return {
        ...state,
        phases: state.phases.map(phase => (isAbout(phase, event) ? nextPhase(phase, event) : phase)),
      }
  }
}

/** The phase that is on its way now. */
export function openPhase(state: DisplayState): Phase | undefined {
  return state.phases.findLast(
    phase => phase.status.kind === 'rolling-out' || phase.status.kind === 'holding',
  )
}

function begin(
  state: DisplayState,
  stage: string,
  direction: Phase['direction'],
  releases: readonly ReleaseDisplay[],
  startedAtMs: number,
): DisplayState {
  const phase: Phase = {stage, direction, status: {kind: 'rolling-out'}, startedAtMs, releases}
  return {...state, phases: [...state.phases, phase]}
}

function waiting(release: ReleaseRef): ReleaseDisplay {
  return {release, status: {kind: 'waiting'}, workloads: [], deadlineMs: undefined}
}

/** Only what was begun goes back. */
function toRestore(state: DisplayState, stage: string): ReleaseDisplay[] {
  const forward = state.phases.findLast(phase => phase.stage === stage && phase.direction === 'forward')
  const begun = forward?.releases.filter(one => one.status.kind !== 'waiting') ?? []
  return begun.map(({release}) => ({...waiting(release), status: {kind: 'restoring'} as const})).toReversed()
}

type StageEvent = Extract<DeployEvent, {stage: string}>

const BACKWARD_EVENTS = new Set<DeployEvent['kind']>([
  'release-restored',
  'fallback-progressed',
  'fallback-verified',
  'fallback-failed',
])

function isAbout(phase: Phase, event: DeployEvent): event is StageEvent {
  if (!('stage' in event) || event.stage !== phase.stage) return false
  return (phase.direction === 'back') === BACKWARD_EVENTS.has(event.kind)
}

function nextPhase(phase: Phase, event: StageEvent): Phase {
  switch (event.kind) {
    case 'window-started':
      return {...phase, status: {kind: 'holding', sinceMs: event.atMs, windowMs: event.windowMs}}
    case 'stage-finished':
    case 'fallback-verified':
      return {...phase, status: {kind: 'done', durationMs: event.durationMs}}
    case 'stage-failed':
      return {...failedReleases(phase, event.failure), status: failedStatus(phase, event.failure)}
    case 'fallback-failed':
      return {...nextRelease(phase, event.release, event), status: {kind: 'failed', failure: undefined}}
    case 'release-started':
    case 'release-applied':
    case 'release-progressed':
    case 'release-ready':
    case 'release-restored':
    case 'fallback-progressed':
      return nextRelease(phase, event.release, event)
    case 'stage-started':
    case 'fallback-started':
      return phase
  }
}

/** The first failure is the one that counts. */
function failedStatus({status}: Phase, failure: Failure): PhaseStatus {
  return status.kind === 'failed' ? status : {kind: 'failed', failure}
}

/** The releases that were under way when their stage failed; the others may well be healthy. */
function failedReleases(phase: Phase, failure: Failure): Phase {
  const culprit = 'release' in failure ? failure.release : undefined
  const releases = phase.releases.map(one =>
    culprit !== undefined && isSame(one.release, culprit) ? {...one, status: {kind: 'failed'} as const} : one,
  )
  return {...phase, releases}
}

type ReleaseEvent = Extract<StageEvent, {release: ReleaseRef}>

function nextRelease(phase: Phase, release: ReleaseRef, event: ReleaseEvent): Phase {
  const isKnown = phase.releases.some(one => isSame(one.release, release))
  const releases = isKnown ? phase.releases : [...phase.releases, waiting(release)]
  return {
    ...phase,
    releases: releases.map(one => (isSame(one.release, release) ? afterEvent(one, event) : one)),
  }
}

function afterEvent(display: ReleaseDisplay, event: ReleaseEvent): ReleaseDisplay {
  switch (event.kind) {
    case 'release-started':
      return {...display, status: {kind: event.isWritten ? 'rolling-out' : 'applying'}}
    case 'release-applied':
      // What was awaited before was a hook.
      return {...display, status: {kind: 'rolling-out'}, workloads: [], deadlineMs: undefined}
    case 'release-progressed':
      return {...display, workloads: event.workloads, deadlineMs: event.atMs + event.budgetLeftMs}
    case 'release-ready':
      return {...display, status: {kind: 'ready', durationMs: event.durationMs}}
    case 'release-restored':
      return {...display, status: {kind: 'restored', toRevision: event.toRevision}}
    case 'fallback-progressed':
      return {...display, workloads: event.workloads}
    case 'fallback-failed':
      return {...display, status: {kind: 'not-restored', message: event.message, command: event.command}}
  }
}

function isSame(one: ReleaseRef, other: ReleaseRef): boolean {
  return one.namespace === other.namespace && one.name === other.name
}
