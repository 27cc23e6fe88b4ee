import {tagOf} from '../diff/images.ts'
import type {Plan, Stage} from '../plan/plan.ts'
import type {InFull} from './in-full.ts'
import {counted, cutLine, hanging, listed, padEnd} from './layout.ts'
import {paletteOf} from './palette.ts'
import {type PlanTextOptions, planText, treeText} from './plan-text.ts'

/** A service's plan, what the service is called beside the others, and what shows it whole. */
export type LabelledPlan = {label: string; plan: Plan; inFull?: InFull}

/**
 * The preview of many services: each one's own with what an earlier one had already folded, then a line for each, next to
 * the question.
 */
export function fleetPlanText(plans: readonly LabelledPlan[], options: PlanTextOptions): string {
  const seen = new Map<string, string>()
  const each = plans.filter(({plan}) => hasSomethingToSay(plan))
  const texts = each.map(({plan, inFull}) =>
    planText(plan, {...options, seen, ...(inFull === undefined ? {} : {inFull})}),
  )
  return [...texts, tableOf(plans, options)].join('\n')
}

function hasSomethingToSay({stages, refusals, warnings, drift}: Plan): boolean {
  return stages.length + refusals.length + warnings.length + drift.length > 0
}

function tableOf(plans: readonly LabelledPlan[], {width, color, nowMs}: PlanTextOptions): string {
  const palette = paletteOf(color)
  const changing = plans.filter(({plan}) => plan.stages.length > 0)
  const same = plans.filter(({plan}) => plan.stages.length + plan.refusals.length === 0)
  const widest = Math.max(0, ...changing.map(({label}) => label.length))
  const tree = plans[0]?.plan.tree
  const title =
    changing.length === 0
      ? `Nothing to do for ${counted(plans.length, 'service')}`
      : `Deploy ${counted(changing.length, 'service')}`
  const unchanged = listed(same.map(({label}) => label))
  return [
    palette.bold(title),
    ...(tree === undefined ? [] : [hanging('  charts  ', treeText(tree, nowMs), width)]),
    ...changing.map(({label, plan}) => cutLine(`  ${padEnd(label, widest)}  ${rowOf(plan)}`, width)),
    ...(same.length === 0 ? [] : [palette.dim(hanging('  nothing to do  ', unchanged, width))]),
    '',
    '',
  ].join('\n')
}

function rowOf({stages, refusals}: Plan): string {
  const environments = listed([...new Set(stages.map(({environment}) => environment))])
  const objects = stages.reduce((sum, stage) => sum + objectsOf(stage), 0)
  const refused = refusals.length === 0 ? [] : ['refused, see above']
  return [environments, ...versionsOf(stages), counted(objects, 'object'), ...refused].join(' · ')
}

function objectsOf({steps}: Stage): number {
  return steps.reduce((sum, step) => sum + step.changes.length, 0)
}

/** New versions; which one they replace is in the preview of each. */
function versionsOf(stages: readonly Stage[]): string[] {
  const images = stages.flatMap(({steps}) => steps.flatMap(step => step.images))
  const changed = images.filter(({before, after}) => after !== undefined && before !== after)
  const tags = [...new Set(changed.map(({after}) => tagOf(after ?? '')))]
  if (tags.length === 0) return []
  return tags.length === 1 ? [tags[0] ?? ''] : [counted(tags.length, 'version')]
}
