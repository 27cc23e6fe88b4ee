import {findDenial, type Identity} from '../charts/policy.ts'
import type {Settings} from '../charts/settings.ts'
import type {ServiceFacts} from './facts.ts'
import type {Plan, Refusal} from './plan.ts'

/** The plan, refused first of all where a policy keeps this identity from an environment it would change. */
export function underPolicy(plan: Plan, identity: Identity, settings: Settings): Plan {
  const environments = [...new Set(plan.stages.map(stage => stage.environment))]
  const refusal = policyRefusal('deploy', identity, plan.service, environments, settings)
  return refusal === undefined ? plan : {...plan, refusals: [refusal, ...plan.refusals]}
}

/** Why a policy keeps somebody from a service in one of these environments. */
export function policyRefusal(
  verb: 'deploy' | 'lock' | 'unlock',
  identity: Identity,
  service: ServiceFacts,
  environments: readonly string[],
  settings: Settings,
): Refusal | undefined {
  const denial = findDenial(identity, service, environments, settings)
  if (denial === undefined) return undefined
  const rules =
    denial.rules.length === 1 ? `the rule ${denial.rules[0]}` : `the rules ${denial.rules.join(', ')}`
  const who = identity.job === undefined ? identity.user : `${identity.user} (${identity.job})`
  const where = `${verb === 'deploy' ? 'to' : 'in'} ${denial.environment}`
  return {
    exitKind: 'forbidden',
    message: `${who} may not ${verb} ${service.name} ${where}: ${rules} in ${denial.file}.`,
    hint: `It allows ${denial.allowed}. deploy doctor shows what else holds for you.`,
  }
}
