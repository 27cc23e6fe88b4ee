import {DeployError} from '../errors.ts'
import type {ScapBlock} from '../scap/block.ts'
import type {Plan, Refusal} from './plan.ts'

/** The plan, refused where scap keeps this host from deploying; where scap is locked it says so. */
export function underScap(plan: Plan, block: ScapBlock): Plan {
  const isNothing = plan.stages.length === 0 && plan.finishes === undefined
  if (isNothing || block.kind === 'none') return plan
  return block.kind === 'disabled'
    ? {...plan, refusals: [disabled(block.file), ...plan.refusals]}
    : {...plan, warnings: [...plan.warnings, scapLocked(block).message]}
}

export function scapLocked({by, since, reason}: Extract<ScapBlock, {kind: 'locked'}>): DeployError {
  const when = since === '' ? '' : ` since ${since} UTC`
  const why = reason === '' ? '' : `: ${reason}`
  return new DeployError(
    'locked',
    `Deployments from this host are locked by ${by} (scap lock --all)${when}${why}.`,
    {
      hint: 'Wait (--wait-lock 10m), or ask them; scap lock --unlock-all REASON ends it.',
    },
  )
}

function disabled(file: string): Refusal {
  return {
    exitKind: 'forbidden',
    message: `Nothing is deployed from this host: block_deployments in ${file}.`,
    hint: 'Deploy from the active deploy host.',
  }
}
