import type {DeployEvent} from '../plan/events.ts'
import {nextDisplay, NOTHING_YET, openPhase} from './display-state.ts'
import {blockOf} from './event-blocks.ts'
import {lineOf} from './event-lines.ts'
import {printable} from './layout.ts'
import {paletteOf} from './palette.ts'
import {awaitedIn} from './phase-text.ts'
import {timeOfDay} from './time-text.ts'
import {unbreakable, type View, type ViewOptions} from './view.ts'

/** A line for every change, with the time, for logs and CI; after a silence, what is awaited. */
export function plainView(options: ViewOptions): View {
  const palette = paletteOf(options.color)
  const put = unbreakable(options.write)
  const isNews = newsFilter()
  let state = NOTHING_YET
  let reminder: NodeJS.Timeout | undefined

  const say = (line: string, atMs: number) => {
    put(
      line
        .split('\n')
        .map(part => `${palette.dim(timeOfDay(atMs))} ${printable(part)}\n`)
        .join(''),
    )
    armReminder()
  }
  // Never what keeps the process alive.
  const armReminder = () => {
    clearTimeout(reminder)
    reminder = setTimeout(remind, REMINDER_MS).unref()
  }
  const remind = () => {
    const phase = openPhase(state)
    const nowMs = options.nowMs()
    for (const line of phase === undefined ? [] : awaitedIn(phase, nowMs)) say(line, nowMs)
    armReminder()
  }

  return {
    on(event) {
      state = nextDisplay(state, event)
      if (event.kind === 'command-run' && !options.showsCommands) return
      const line = isNews(event) ? lineOf(event) : undefined
      if (line !== undefined) say(line, event.atMs)
      const block = blockOf(event, state, options)
      if (block !== undefined) put(block)
      if (event.kind === 'run-finished') clearTimeout(reminder)
    },
    close() {
      clearTimeout(reminder)
      return Promise.resolve()
    },
  }
}

const REMINDER_MS = 30_000
/** How old a pod is changes all the time and says nothing new. */
const AGE = / \d+ (s|min|h)\b/g
/** Of five hundred pods, not every one is news. */
const PROGRESS_EVERY_MS = 2000

/** Progress counts as news if it reads differently, and not more often than one can read. */
export function newsFilter(): (event: DeployEvent) => boolean {
  const told = new Map<string, {line: string | undefined; atMs: number}>()
  return event => {
    if (event.kind !== 'release-progressed' && event.kind !== 'fallback-progressed') return true
    const key = [event.kind, event.stage, event.release.namespace, event.release.name].join('/')
    const line = lineOf(event)?.replace(AGE, '')
    const last = told.get(key)
    if (last !== undefined && (last.line === line || event.atMs - last.atMs < PROGRESS_EVERY_MS)) return false
    told.set(key, {line, atMs: event.atMs})
    return true
  }
}
