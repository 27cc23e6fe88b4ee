import type {DeployEvent} from '../plan/events.ts'
import type {DisplayState} from './display-state.ts'
import {failureText} from './failure-text.ts'
import {usableWidth} from './layout.ts'
import {isToldByPlan, outcomeText} from './outcome-text.ts'
import {planText} from './plan-text.ts'
import type {ViewOptions} from './view.ts'

/** The texts of several lines that every view for people shows alike: the preview, a failure, the end. */
export function blockOf(event: DeployEvent, state: DisplayState, options: ViewOptions): string | undefined {
  const {color} = options
  const width = usableWidth(options.columns())
  switch (event.kind) {
    case 'plan-made':
      return `\n${planText(event.plan, {...options, width, nowMs: options.nowMs()})}\n`
    case 'stage-failed':
      return `\n${failureText(event.failure, {width, color, stage: event.stage})}\n`
    case 'run-finished':
      return isToldByPlan(event.outcome, state.plan)
        ? undefined
        : `\n${outcomeText(event.outcome, {width, color})}`
    default:
      return undefined
  }
}
