import {DeployError} from '../errors.ts'
import {policyRefusal} from '../plan/policy.ts'
import type {World} from './world.ts'

/** Who may not deploy there keeps nobody else from it either. @throws DeployError `forbidden`, naming the rule */
export function checkLockPolicy(
  verb: 'lock' | 'unlock',
  places: readonly {environment: string}[],
  {actor, service, settings}: Pick<World, 'actor' | 'service' | 'settings'>,
): void {
  const environments = places.map(({environment}) => environment)
  const refusal = policyRefusal(verb, actor.identity, service, environments, settings)
  if (refusal === undefined) return
  throw new DeployError(refusal.exitKind, refusal.message, {hint: refusal.hint})
}
