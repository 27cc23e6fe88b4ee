import type {EventBody} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import {isSameRelease} from '../plan/release-ref.ts'

/** What has to be said when a run is ended at once: what stands where, and how to undo it. */
export type LastWords = {
  hear(event: EventBody): void
  text(): string | undefined
  /** Something is touched, and nothing goes back yet. */
  isUndecided(): boolean
}

type Touched = {stage: string; release: ReleaseRef}

export function lastWords(): LastWords {
  let service = 'NAME'
  const touched: Touched[] = []
  const goingBack = new Set<string>()
  let goesBack = false
  return {
    hear(event) {
      if (event.kind === 'run-started') service = event.service
      if (event.kind === 'plan-made') {
        goesBack = false
        goingBack.clear()
      }
      if (event.kind === 'release-started') touched.push({stage: event.stage, release: event.release})
      if (event.kind === 'fallback-started' || event.kind === 'stage-failed') goesBack = true
      if (event.kind === 'fallback-started') goingBack.add(event.stage)
      if (event.kind === 'release-restored') {
        const at = touched.findIndex(
          one => one.stage === event.stage && isSameRelease(one.release, event.release),
        )
        if (at >= 0) touched.splice(at, 1)
      }
    },
    isUndecided: () => touched.length > 0 && !goesBack,
    text() {
      if (touched.length === 0 && !goesBack) return undefined
      const left = touched.filter(one => !goingBack.has(one.stage))
      const under = touched.filter(one => goingBack.has(one.stage))
      const said = [
        ...(goesBack ? ['Stopped at once, while it went back.'] : ['Stopped at once.']),
        ...linesOf('Changed and not taken back:', left),
        ...linesOf('On its way back:', under),
        `To undo all of it: deploy abort ${service}`,
        `What stands where: deploy status ${service}`,
      ]
      return `\n${said.join('\n')}\n`
    },
  }
}

function linesOf(heading: string, all: readonly Touched[]): string[] {
  return all.length === 0 ? [] : [heading, ...all.map(one => `  ${one.stage}: ${one.release.name}`)]
}
