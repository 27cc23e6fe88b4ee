import {DeployError} from '../errors.ts'
import type {Plan, Refusal} from '../plan/plan.ts'
import {scapRefusal, underScap} from '../plan/scap.ts'
import {readScapBlock, type ScapFiles} from '../scap/block.ts'
import type {RunMode} from './run-plan.ts'
import {isBegunNext} from './tell-frozen.ts'
import type {World} from './world.ts'

/**
 * The plan with what scap keeps from beginning on this host, so that nobody is asked in vain.
 * @throws DeployError `locked` where it would be carried out next
 */
export async function heedingScap(plan: Plan, mode: RunMode, {settings}: World): Promise<Plan> {
  const block = await readScapBlock(settings.scap)
  const heeding = underScap(plan, block)
  const refusal = scapRefusal(block)
  if (refusal?.exitKind === 'locked' && heeding !== plan && isBegunNext(plan, mode)) throw asError(refusal)
  return heeding
}

/** @throws DeployError `locked` or `forbidden` where scap keeps this host from deploying now */
export async function refuseScap(files: ScapFiles): Promise<void> {
  const refusal = scapRefusal(await readScapBlock(files))
  if (refusal !== undefined) throw asError(refusal)
}

function asError({exitKind, message, hint}: Refusal): DeployError {
  return new DeployError(exitKind, message, {hint})
}
