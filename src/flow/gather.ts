import {DeployError} from '../errors.ts'
import type {EnvironmentFacts, Facts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {checkVersionFits, type Versioned} from '../version/fits.ts'
import {type Gathered, gatherEach} from './gather-each.ts'
import {gatherEnvironment} from './gather-environment.ts'
import type {Shared} from './circumstances.ts'
import type {World} from './world.ts'

/**
 * Read everything a plan needs, every environment side by side; changes nothing.
 * @throws DeployError for what the command cannot go on with: an unknown environment, files that do not render, an unreachable cluster
 */
export async function gather(intent: DeployIntent, world: World): Promise<Gathered> {
  const shared: Shared = {pulls: new Map(), proofs: new Map(), commits: new Map()}
  const gathered = await gatherEach(intent.environments, world, name =>
    gatherEnvironment(name, intent, world, shared),
  )
  try {
    checkReachable(gathered.facts)
    checkVersionFits(intent.version, versionedOf(gathered.facts.environments))
    return gathered
  } catch (error) {
    await gathered.close()
    throw error
  }
}

function checkReachable({environments, skipped}: Facts): void {
  const [missing] = skipped
  if (environments.length > 0 || missing === undefined) return
  const names = skipped.map(one => one.environment).join(', ')
  throw new DeployError(
    'unreachable',
    `deploy to ${names}: none can be reached from here; ${missing.reason}.`,
    {
      hint: 'Run this on the deploy host, or try deploy doctor.',
    },
  )
}

function versionedOf(environments: readonly EnvironmentFacts[]): Versioned[] {
  return environments.flatMap(environment =>
    environment.releases.map(({name, versionPlace}) => ({
      release: name,
      image: versionPlace?.imageName,
      current: versionPlace?.current,
    })),
  )
}
