import {locked, type LockPlace} from '../journal/lock.ts'
import {type Frozen, frozenText} from '../plan/frozen.ts'
import type {Plan} from '../plan/plan.ts'
import {readFrozen, type Unlocked} from './freeze.ts'
import type {RunMode} from './run-plan.ts'

/**
 * The plan with what a person has locked of it, so that nobody is asked in vain. Locks of runs are found when it begins: they
 * may be free by then.
 * @throws DeployError `locked` where it would be carried out next
 */
export async function tellingFrozen(plan: Plan, places: readonly LockPlace[], mode: RunMode): Promise<Plan> {
  // What cannot be read is told by the lock itself, once it is taken.
  const found = await readFrozen(places).catch(() => [])
  const [first] = found
  if (first === undefined) return plan
  if (isBegunNext(plan, mode)) throw locked(first.place, first.was)
  const texts = found.map(one => frozenText(frozenOf(one), plan.service.name))
  return {...plan, warnings: [...plan.warnings, ...new Set(texts)]}
}

/** Once what is shown is agreed to; one service of many waits for its turn. */
export function isBegunNext({refusals}: Plan, mode: RunMode): boolean {
  const isCarriedOut = mode.kind === 'carry-out' && mode.consent !== 'stop' && mode.isOneOfMany === undefined
  return isCarriedOut && refusals.length === 0
}

export function frozenOf({place: {environment, covers}, was: {by, from, since, reason}}: Unlocked): Frozen {
  return {environment, covers: covers === 'namespace' ? 'everything' : 'service', by, from, since, reason}
}
