import {findDenial, type Identity} from '../charts/policy.ts'
import type {Settings} from '../charts/settings.ts'
import type {Plan} from './plan.ts'

/** The plan, refused first of all where a policy keeps this identity from an environment it would change. */
export function underPolicy(plan: Plan, identity: Identity, settings: Settings): Plan {
  const environments = [...new Set(plan.stages.map(stage => stage.environment))]
  const denial = findDenial(identity, plan.service, environments, settings)
  if (denial === undefined) return plan
  const rules =
    denial.rules.length === 1 ? `the rule ${denial.rules[0]}` : `the rules ${denial.rules.join(', ')}`
  const who = identity.job === undefined ? identity.user : `${identity.user} (${identity.job})`
  const refusal = {
    exitKind: 'forbidden' as const,
    message: `${who} may not deploy ${plan.service.name} to ${denial.environment}: ${rules} in ${denial.file}.`,
    hint: `It allows ${denial.allowed}. deploy doctor shows what else holds for you.`,
  }
  return {...plan, refusals: [refusal, ...plan.refusals]}
}
