import type {DeployEvent} from '../plan/events.ts'
import type {InFull} from './in-full.ts'
import type {ColorLevel} from './palette.ts'

/** Something that shows a run. It listens and never decides; it never throws. */
export type View = {
  on(event: DeployEvent): void
  /** Resolves when everything before is on the screen and a question may be written below. Only views that hold the screen. */
  makeRoom?(): Promise<void>
  /** Takes away what is painted in place, until there is something new to paint. Only views that paint. */
  clear?(): void
  /** Resolves when the last word is written; nothing may follow. */
  close(): Promise<void>
}

export type ViewOptions = {
  write: (text: string) => void
  /** Asked again for every text: windows change. Nothing and 0 count as 80. */
  columns: () => number | undefined
  color: ColorLevel
  /** Unchanged lines around a change. */
  contextLines: number
  detail: 'short' | 'full'
  /** Print every helmfile and helm command. */
  showsCommands: boolean
  nowMs: () => number
  /** What shows the whole plan, as it was asked for. */
  inFull?: InFull
}

/** Writing to a reader that has gone (EPIPE) ends the writing, not the run. */
export function unbreakable(write: (text: string) => void): (text: string) => void {
  let isBroken = false
  return text => {
    if (isBroken) return
    try {
      write(text)
    } catch {
      isBroken = true
    }
  }
}
