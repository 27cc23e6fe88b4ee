import type {Plan} from '../plan/plan.ts'
import {scapLocked, underScap} from '../plan/scap.ts'
import {readScapBlock} from '../scap/block.ts'
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
  if (heeding !== plan && block.kind === 'locked' && isBegunNext(plan, mode)) throw scapLocked(block)
  return heeding
}

/** @throws DeployError `locked` where scap was locked since the plan was shown */
export async function refuseScapLock({settings}: Pick<World, 'settings'>): Promise<void> {
  const block = await readScapBlock(settings.scap)
  if (block.kind === 'locked') throw scapLocked(block)
}
