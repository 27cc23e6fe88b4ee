import type {DeployEvent} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import {listed} from './layout.ts'
import {progressText} from './progress-text.ts'
import {durationText, spanText} from './time-text.ts'

/** What happened, on one line, for logs. What takes more than a line is told by `blockOf`. */
export function lineOf(event: DeployEvent): string | undefined {
  switch (event.kind) {
    case 'run-started':
      return `${event.service} to ${listed(event.environments)} (run ${event.runId})`
    case 'reading-started':
      return `reading ${event.what}`
    case 'announced':
      return `announced: ${event.text}`
    case 'stage-started':
      return `${event.stage}: begins with ${listed(event.releases.map(release => release.name))}`
    case 'release-started':
      return event.isWritten
        ? `${of(event)}: was written before, and is judged now`
        : `${of(event)}: helm is writing the objects`
    case 'release-applied':
      return `${of(event)}: written in ${durationText(event.durationMs)}`
    case 'release-progressed':
    case 'fallback-progressed':
      return `${of(event)}: ${progressText(event.workloads)}`
    case 'release-ready':
      return `${of(event)}: healthy after ${durationText(event.durationMs)}`
    case 'window-started':
      return `${event.stage}: all healthy, has to stay so for ${spanText(event.windowMs)}`
    case 'stage-finished':
      return `${event.stage}: done after ${durationText(event.durationMs)}`
    case 'fallback-started':
      return `${event.stage}: going back (${event.reason})`
    case 'release-restored':
      return `${of(event)}: ${event.toRevision === undefined ? 'removed again' : `back to revision ${event.toRevision}`}`
    case 'fallback-verified':
      return `${event.stage}: back and verified healthy after ${durationText(event.durationMs)}`
    case 'fallback-failed':
      return `${of(event)}: NOT BACK: ${event.message}; by hand: ${event.command}`
    case 'interrupt-received':
      return event.signal === 'SIGINT' ? 'interrupted' : `asked to end (${event.signal})`
    case 'noted':
      return event.text
    case 'command-run':
      return `$ ${event.command}`
    case 'plan-made':
    case 'stage-failed':
    case 'run-finished':
      return undefined
  }
}

function of({stage, release}: {stage: string; release: ReleaseRef}): string {
  return `${stage} / ${release.name}`
}
