import {isPlainName, pickEnvironments} from '../charts/environments.ts'
import {DeployError} from '../errors.ts'
import type {EnvironmentFacts, Facts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {listEnvironments} from '../tools/helmfile.ts'
import {gatherEnvironment} from './gather-environment.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {checkVersionFits, type Versioned} from '../version/fits.ts'
import {siteOf} from './sites.ts'
import type {World} from './world.ts'

/** What was read, and the live connections that were made for it. */
export type Gathered = {
  facts: Facts
  sites: ReadonlyMap<string, EnvironmentSite>
  /** Closes every connection. */
  close(): Promise<void>
}

/**
 * Read everything a plan needs, every environment side by side; changes nothing.
 * @throws DeployError for what the command cannot go on with: an unknown environment, files that do not render, an unreachable cluster
 */
export async function gather(intent: DeployIntent, world: World): Promise<Gathered> {
  const names = await chooseEnvironments(intent, world)
  const pulls = new Map()
  const settled = await Promise.allSettled(names.map(name => gatherEnvironment(name, intent, world, pulls)))
  const open = settled.flatMap(one =>
    one.status === 'fulfilled' && one.value.kind === 'read' ? [one.value.site] : [],
  )
  const close = async () => {
    await Promise.all(open.map(site => site.cluster.close()))
  }

  const failed = settled.find(one => one.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  const read = settled.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  const environments: EnvironmentFacts[] = read.flatMap(one => (one.kind === 'read' ? [one.facts] : []))
  const skipped = read.flatMap(one => (one.kind === 'skipped' ? [one.skipped] : []))
  const [missing] = skipped
  if (environments.length === 0 && missing) {
    throw new DeployError(
      'unreachable',
      `deploy to ${names.join(', ')}: none can be reached from here; ${missing.reason}.`,
      {
        hint: 'Run this on the deploy host, or try deploy doctor.',
      },
    )
  }
  checkVersionFits(intent.version, versionedOf(environments))
  return {
    facts: {
      service: world.service,
      tree: world.tree,
      environments,
      skipped,
    },
    sites: new Map(open.map(site => [site.environment, site])),
    close,
  }
}

async function chooseEnvironments(intent: DeployIntent, world: World): Promise<string[]> {
  // A single name needs no list: helmfile itself says whether it knows it.
  const [only] = intent.environments
  if (intent.environments.length === 1 && only !== undefined && isPlainName(only, world.settings))
    return [only]
  const known = await listEnvironments(await siteOf(world))
  return pickEnvironments(intent.environments, known, world.settings)
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
