import type {ScapBlock} from '../scap/block.ts'
import type {Plan, Refusal} from './plan.ts'

/** The plan, refused where scap keeps this host from deploying; where scap is locked it says so. */
export function underScap(plan: Plan, block: ScapBlock): Plan {
  const isNothing = plan.stages.length === 0 && plan.finishes === undefined
  const refusal = scapRefusal(block)
  if (isNothing || refusal === undefined) return plan
  return refusal.exitKind === 'forbidden'
    ? {...plan, refusals: [refusal, ...plan.refusals]}
    : {...plan, warnings: [...plan.warnings, refusal.message]}
}

/** `locked` or `forbidden`, by what scap says. */
export function scapRefusal(block: ScapBlock): Refusal | undefined {
  switch (block.kind) {
    case 'none':
      return undefined
    case 'disabled':
      return {
        exitKind: 'forbidden',
        message: `Nothing is deployed from this host: block_deployments in ${block.file}.`,
        hint: 'Deploy from the active deploy host.',
      }
    case 'locked':
      return {
        exitKind: 'locked',
        message: `Deployments from this host are locked by ${block.by} (scap lock --all)${whenAndWhy(block)}.`,
        hint: 'Wait, or ask them; scap lock --unlock-all REASON ends it.',
      }
  }
}

function whenAndWhy({since, reason}: Extract<ScapBlock, {kind: 'locked'}>): string {
  return `${since === '' ? '' : ` since ${since} UTC`}${reason === '' ? '' : `: ${reason}`}`
}
