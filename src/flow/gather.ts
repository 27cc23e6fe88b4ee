import {isPlainName, pickEnvironments} from '../charts/environments.ts'
import {DeployError} from '../errors.ts'
import type {EnvironmentFacts, Facts} from '../plan/facts.ts'
import type {DeployIntent} from '../plan/intent.ts'
import {listEnvironments} from '../tools/helmfile.ts'
import {gatherEnvironment} from './gather-environment.ts'
import type {EnvironmentSite} from './open-environment.ts'
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
  checkVersionFits(intent, environments)
  return {
    facts: {
      service: world.service,
      tree: world.tree,
      environments,
      skipped: read.flatMap(one => (one.kind === 'skipped' ? [one.skipped] : [])),
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

function checkVersionFits(intent: DeployIntent, environments: readonly EnvironmentFacts[]): void {
  if (intent.version.kind === 'from-git') return
  const isAnywhere = environments.some(environment =>
    environment.releases.some(release => release.versionOverride !== undefined || release.isVersionInGit),
  )
  if (isAnywhere) return
  throw new DeployError(
    'usage',
    'find where the version is written: no image of this service takes its tag from its values.',
    {
      hint: 'Change the values in the charts repository instead, then run deploy without --version.',
    },
  )
}
