import {isPlainName, pickEnvironments} from '../charts/environments.ts'
import {listEnvironments} from '../tools/helmfile.ts'
import type {Gathered} from './gather.ts'
import {gatherLiveEnvironment} from './gather-environment.ts'
import {siteOf} from './sites.ts'
import type {World} from './world.ts'

/**
 * Read what is deployed, without rendering anything: for going back, and for telling what runs.
 * @throws DeployError for an unknown environment or an unreachable cluster
 */
export async function gatherLive(
  asked: readonly string[],
  selectors: readonly string[],
  world: World,
): Promise<Gathered> {
  const [only] = asked
  const isPlain = asked.length === 1 && only !== undefined && isPlainName(only, world.settings)
  const names = isPlain
    ? [only]
    : pickEnvironments(asked, await listEnvironments(await siteOf(world)), world.settings)
  const settled = await Promise.allSettled(
    names.map(name => gatherLiveEnvironment(name, {asked, selectors}, world)),
  )
  const read = settled.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  const sites = read.flatMap(one => (one.kind === 'read' ? [one.site] : []))
  const close = async () => {
    await Promise.all(sites.map(site => site.cluster.close()))
  }
  const failed = settled.find(one => one.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  return {
    facts: {
      service: world.service,
      tree: world.tree,
      environments: read.flatMap(one => (one.kind === 'read' ? [one.facts] : [])),
      skipped: read.flatMap(one => (one.kind === 'skipped' ? [one.skipped] : [])),
    },
    sites: new Map(sites.map(site => [site.environment, site])),
    close,
  }
}
