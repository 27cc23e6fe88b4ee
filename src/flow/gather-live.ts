import {type Gathered, gatherEach} from './gather-each.ts'
import {gatherLiveEnvironment} from './gather-live-environment.ts'
import type {World} from './world.ts'

/**
 * Read what is deployed, without rendering anything: for going back, and for telling what runs.
 * @throws DeployError for an unknown environment or an unreachable cluster
 */
export function gatherLive(
  asked: readonly string[],
  selectors: readonly string[],
  world: World,
): Promise<Gathered> {
  return gatherEach(asked, world, name => gatherLiveEnvironment(name, {asked, selectors}, world))
}
