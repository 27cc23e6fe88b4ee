import type {EventBody} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {Plan} from '../plan/plan.ts'
import {isSameRelease} from '../plan/release-ref.ts'

/** What has to be said when a run is ended at once: what stands where, and how to undo it by hand. */
export type LastWords = {
  hear(event: EventBody): void
  text(): string | undefined
  /** Something is touched, and nothing goes back yet. */
  isUndecided(): boolean
}

type Touched = {stage: string; release: ReleaseRef}

export function lastWords(): LastWords {
  let plan: Plan | undefined
  const touched: Touched[] = []
  let goesBack = false
  return {
    hear(event) {
      if (event.kind === 'plan-made') {
        plan = event.plan
        goesBack = false
      }
      if (event.kind === 'release-started') touched.push({stage: event.stage, release: event.release})
      if (event.kind === 'fallback-started' || event.kind === 'stage-failed') goesBack = true
      if (event.kind === 'release-restored') {
        const at = touched.findIndex(
          one => one.stage === event.stage && isSameRelease(one.release, event.release),
        )
        if (at >= 0) touched.splice(at, 1)
      }
    },
    isUndecided: () => touched.length > 0 && !goesBack,
    text() {
      if (touched.length === 0) return goesBack ? WHILE_GOING_BACK : undefined
      const lines = touched.map(one => `  ${one.stage}: ${one.release.name}  ${undoOf(plan, one)}`)
      return `\nStopped at once. Changed and not taken back:\n${lines.join('\n')}\n`
    },
  }
}

const WHILE_GOING_BACK = `
Stopped at once, while it went back. deploy status says what stands where, deploy abort finishes it.
`

function undoOf(plan: Plan | undefined, {stage, release}: Touched): string {
  const step = plan?.stages
    .find(one => one.name === stage)
    ?.fallback.find(one => isSameRelease(one.release, release))
  if (step === undefined) return 'nothing good ran before it'
  const target = `${step.release.name}${step.kind === 'uninstall' ? '' : ` ${step.toRevision}`} --namespace ${step.release.namespace}`
  return `to undo it: helm ${step.kind} ${target}`
}
