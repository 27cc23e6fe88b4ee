import {DeployError} from '../errors.ts'
import type {EnvironmentClass} from '../plan/facts.ts'
import type {Settings} from './settings.ts'
import {nearest} from './nearest.ts'

/**
 * The environments a run works on, in the order in which it does: staging first, then production in the
 * order helmfile lists them, the primary last.
 * @param asked as typed: names, aliases, `production`, `all`
 * @param known the names helmfile knows for the service
 * @throws DeployError `not-found` for a name nobody knows
 */
export function pickEnvironments(
  asked: readonly string[],
  known: readonly string[],
  settings: Settings,
): string[] {
  const picked = new Set<string>()
  for (const word of asked) {
    for (const name of expand(word, known, settings)) picked.add(name)
  }
  return inOrder([...picked], known, settings)
}

/** Named `staging*` = staging, else production, unless the configuration says more. */
export function classOf(environment: string, settings: Settings): EnvironmentClass {
  return (
    settings.environments.get(environment)?.class ??
    (environment.startsWith('staging') ? 'staging' : 'production')
  )
}

/** Whether helmfile can be asked for this word as it stands: one environment, no group and no alias. */
export function isPlainName(word: string, settings: Settings): boolean {
  const aliases = [...settings.environments.values()].flatMap(one => one.aliases)
  return word !== 'all' && word !== 'production' && !aliases.includes(word)
}

function expand(word: string, known: readonly string[], settings: Settings): string[] {
  if (word === 'all') return [...known]
  if (word === 'production') return known.filter(name => classOf(name, settings) === 'production')
  if (known.includes(word)) return [word]
  const aliased = known.find(name => settings.environments.get(name)?.aliases.includes(word))
  if (aliased !== undefined) return [aliased]

  throw new UnknownEnvironmentError(word, known)
}

/** A service has no such environment; another one may. */
export class UnknownEnvironmentError extends DeployError {
  constructor(word: string, known: readonly string[]) {
    const meant = [...known, 'production', 'all']
    const close = nearest(word, meant)
    super('not-found', `find the environment ${word}: this service has ${known.join(', ') || 'none'}.`, {
      hint: close === undefined ? `Use -e with one of: ${meant.join(', ')}.` : `Did you mean -e ${close}?`,
    })
  }
}

function inOrder(names: readonly string[], known: readonly string[], settings: Settings): string[] {
  const rank = (name: string) =>
    (classOf(name, settings) === 'staging' ? 0 : 1000) +
    (settings.environments.get(name)?.isPrimary ? 500 : 0) +
    known.indexOf(name)
  return names.toSorted((a, b) => rank(a) - rank(b))
}
