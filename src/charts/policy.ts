import {classOf} from './environments.ts'
import {fits} from './fits.ts'
import type {Policy, PolicyRule, Settings} from './settings.ts'

/** Who deploys, as far as a policy can name it. */
export type Identity = {
  /** The person behind sudo, else the account that runs. */
  user: string
  /** Unix groups of that user. */
  groups: readonly string[]
  /** The CI job that runs this, such as `gitlab:shop/deploy`. */
  job: string | undefined
}

export type Denial = {environment: string; rules: readonly string[]; file: string; allowed: string}

/**
 * The first environment a policy keeps an identity from; none when it may deploy to all of them.
 * Every file's policy has to allow it. Within one, the rules that name the job or the user count; where there are none, those
 * that name one of its groups; where there are none either, those for `*`. Whom no rule names, it does not restrict.
 */
export function findDenial(
  identity: Identity,
  service: {group: string; name: string},
  environments: readonly string[],
  settings: Settings,
): Denial | undefined {
  for (const policy of settings.policies) {
    const rules = rulesFor(identity, policy)
    if (rules.length === 0) continue
    const denied = environments.find(
      environment => !rules.some(rule => allows(rule, service, environment, settings)),
    )
    if (denied === undefined) continue
    return {
      environment: denied,
      rules: rules.map(rule => rule.name),
      file: policy.file,
      allowed: rules.map(ruleText).join('; or '),
    }
  }
  return undefined
}

/** The rules of one policy that count for somebody. */
export function rulesFor({user, groups, job}: Identity, {rules}: Policy): readonly PolicyRule[] {
  const levels = [
    [`user:${user}`, ...(job === undefined ? [] : [`job:${job}`])],
    groups.map(group => `group:${group}`),
    ['*'],
  ]
  const naming = levels.map(names =>
    rules.filter(({who}) => who.some(pattern => names.some(name => isNamed(pattern, name)))),
  )
  return naming.find(found => found.length > 0) ?? []
}

/** `any service to staging` */
export function ruleText({services, environments}: PolicyRule): string {
  return `${services.join(', ').replace(/^\*$/, 'any service')} to ${environments.join(', ').replace(/^\*$/, 'any environment')}`
}

function allows(
  rule: PolicyRule,
  {group, name}: {group: string; name: string},
  environment: string,
  settings: Settings,
): boolean {
  const isService = rule.services.some(pattern => fits(pattern, name) || fits(pattern, `${group}/${name}`))
  const words = [environment, classOf(environment, settings), 'all']
  const aliases = settings.environments.get(environment)?.aliases ?? []
  return (
    isService && rule.environments.some(pattern => [...words, ...aliases].some(word => fits(pattern, word)))
  )
}

// A lone `*` is for those whom nothing else names.
function isNamed(pattern: string, name: string): boolean {
  return pattern === '*' ? name === '*' : fits(pattern, name)
}
