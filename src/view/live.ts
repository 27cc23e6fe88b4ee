import type {DeployEvent} from '../plan/events.ts'
import {
  type DisplayState,
  nextDisplay,
  NOTHING_YET,
  type Phase,
  type ReleaseDisplay,
} from './display-state.ts'
import {blockOf} from './event-blocks.ts'
import {lineOf} from './event-lines.ts'
import {openFrame, type Terminal} from './frame.ts'
import {hanging, printable, usableWidth} from './layout.ts'
import {type LiveEnd, type LiveTask, showTasks} from './live-tasks.ts'
import {paletteOf} from './palette.ts'
import {phaseText, releaseLine, stopText} from './phase-text.ts'
import {spanText} from './time-text.ts'
import {unbreakable, type View, type ViewOptions} from './view.ts'

export type LiveViewOptions = ViewOptions & {
  rows?: () => number | undefined
}

/** For a terminal: what is under way is painted in place, what is over stays as text above it. */
export function liveView(options: LiveViewOptions): View {
  const {columns, rows = () => process.stdout.rows} = options
  const terminal: Terminal = {write: unbreakable(options.write), columns, rows}
  const palette = paletteOf(options.color)
  const frame = openFrame(terminal)
  let state: DisplayState = NOTHING_YET
  let section: Section | undefined
  /** Everything written, in order: a section ends a moment after its last task has. */
  let written = Promise.resolve()

  const begin = (opened: Section, isKept: boolean) => {
    finish()
    section = opened
    written = written.then(() => showTasks([opened.root], {frame, terminal, palette, isKept})).catch(() => {})
  }
  const finish = () => {
    section?.leave()
    section = undefined
  }
  const say = (text: string) => {
    if (section === undefined) written = written.then(() => terminal.write(text))
    else frame.above(text)
  }
  const show = (event: DeployEvent) => {
    if (event.kind === 'reading-started' && section === undefined)
      begin(
        readingSection(() => state),
        false,
      )
    if (event.kind === 'plan-made' || event.kind === 'run-finished') finish()
    const phase = state.phases.at(-1)
    const begins = event.kind === 'stage-started' || event.kind === 'fallback-started'
    if (begins && phase !== undefined)
      begin(
        phaseSection(() => state, state.phases.length - 1, options.nowMs),
        true,
      )
    section?.settle(state)
    if (section?.isOver(state)) section = undefined
    const text = textOf(event, options)
    if (text !== undefined) say(text)
    const block = blockOf(event, state, options)
    if (block !== undefined) say(block)
  }

  return {
    on(event) {
      state = nextDisplay(state, event)
      try {
        show(event)
      } catch {
        // What cannot be shown must not stop a deployment.
      }
    },
    async makeRoom() {
      finish()
      await written
    },
    clear: () => frame.clear(),
    async close() {
      finish()
      await written
    },
  }
}

/** Some lines that are painted together until they are over. */
type Section = {
  root: LiveTask
  settle(state: DisplayState): void
  isOver(state: DisplayState): boolean
  /** Ends what has not ended yet. */
  leave(): void
}

/** What is read before there is a plan: one line that goes away. */
function readingSection(current: () => DisplayState): Section {
  const {promise, resolve} = Promise.withResolvers<LiveEnd>()
  return {
    root: {title: () => `reading ${current().reading ?? ''}`, end: promise, children: []},
    settle: () => {},
    isOver: () => false,
    leave: () => resolve('done'),
  }
}

/** A stage: a line for each release, and one for the time in which it has to stay healthy. */
function phaseSection(current: () => DisplayState, index: number, nowMs: () => number): Section {
  const phaseIn = (state: DisplayState): Phase | undefined => state.phases[index]
  const releases = phaseIn(current())?.releases ?? []
  const ends = releases.map(() => Promise.withResolvers<LiveEnd>())
  const whole = Promise.withResolvers<LiveEnd>()
  const children = releases.map(({release}, position): LiveTask => {
    const title = () => printable(titleOf(phaseIn(current())?.releases[position], release.name, nowMs()))
    return {title, end: ends[position]?.promise ?? whole.promise, children: []}
  })
  const windowMs = windowOf(current(), phaseIn(current()))
  const heading = () => wholeTitle(phaseIn(current()), windowMs, nowMs())
  return {
    root: {
      title: () => stageTitle(phaseIn(current())),
      end: whole.promise,
      children: [...children, {title: heading, end: whole.promise, children: []}],
    },
    settle(state) {
      phaseIn(state)?.releases.forEach((display, position) => {
        const end = endOf(display)
        if (end !== undefined) ends[position]?.resolve(end)
      })
      const {kind} = phaseIn(state)?.status ?? {}
      if (kind !== 'done' && kind !== 'failed') return
      for (const end of ends) end.resolve('left')
      whole.resolve(kind)
    },
    isOver: state => ['done', 'failed'].includes(phaseIn(state)?.status.kind ?? ''),
    leave() {
      for (const end of [...ends, whole]) end.resolve('left')
    },
  }
}

function thenText(windowMs: number): string {
  return windowMs > 0 ? `then it has to stay healthy for ${spanText(windowMs)}` : 'then it is done'
}

function windowOf({plan}: DisplayState, phase: Phase | undefined): number {
  return plan?.stages.find(stage => stage.name === phase?.stage)?.windowMs ?? 0
}

function titleOf(display: ReleaseDisplay | undefined, name: string, nowMs: number): string {
  return display === undefined ? name : releaseLine(display, nowMs)
}

function stageTitle(phase: Phase | undefined): string {
  return phase === undefined ? '' : `${phase.stage}${phase.direction === 'back' ? ': going back' : ''}`
}

/** The last line of a stage: its releases have lines of their own, so it is about the stage as a whole. */
function wholeTitle(phase: Phase | undefined, windowMs: number, nowMs: number): string {
  if (phase === undefined) return ''
  const isForward = phase.direction === 'forward'
  switch (phase.status.kind) {
    case 'rolling-out':
      return isForward ? thenText(windowMs) : 'then it is verified'
    case 'failed':
      return isForward ? stopText(phase.status.failure) : 'not everything is back'
    case 'holding':
    case 'done':
      return phaseText(phase, nowMs).replace(`${phase.stage}: `, '')
  }
}

function endOf({status}: ReleaseDisplay): LiveEnd | undefined {
  if (status.kind === 'ready' || status.kind === 'restored') return 'done'
  return status.kind === 'failed' || status.kind === 'not-restored' ? 'failed' : undefined
}

/** Only what the painted lines do not tell. */
function textOf(event: DeployEvent, {showsCommands, columns}: LiveViewOptions): string | undefined {
  switch (event.kind) {
    case 'run-started':
    case 'announced':
    case 'noted':
    case 'interrupt-received':
    case 'fallback-failed':
      return `${hanging('', printable(lineOf(event) ?? ''), usableWidth(columns()))}\n`
    case 'command-run':
      return showsCommands ? `${printable(lineOf(event) ?? '')}\n` : undefined
    default:
      return undefined
  }
}
