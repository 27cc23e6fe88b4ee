import type {ReleaseReading} from '../cluster/releases.ts'
import {noDrift} from '../plan/drift.ts'
import type {ReleaseFacts} from '../plan/facts.ts'
import type {StateRelease} from '../tools/helmfile-state.ts'
import {closingOnFailure, factsOf, inStateOrder, writtenOf} from './environment-facts.ts'
import type {GatheredEnvironment} from './gather-environment.ts'
import {type Asked, openEnvironment} from './open-environment.ts'
import {revisionFactsOf} from './revision-facts.ts'
import {launcherSiteOf} from './sites.ts'
import type {World} from './world.ts'

/** Read one environment as it is deployed; nothing is rendered. */
export async function gatherLiveEnvironment(
  environment: string,
  asked: Asked,
  world: World,
): Promise<GatheredEnvironment> {
  const opened = await openEnvironment(environment, asked, await launcherSiteOf(world, environment), world)
  if (opened.kind === 'skipped') return opened
  const {state, site, environmentClass} = opened
  return closingOnFailure(site, async () => {
    const releases = await Promise.all(
      (await opened.stored).map(reading => liveRelease(reading, writtenOf(reading, state, site), world)),
    )
    return {
      kind: 'read',
      site,
      facts: factsOf(environment, environmentClass, site.cluster, inStateOrder(releases, state, site), []),
    }
  })
}

async function liveRelease(
  reading: ReleaseReading,
  written: StateRelease | undefined,
  world: World,
): Promise<ReleaseFacts> {
  const deployed = reading.deployed && (await revisionFactsOf(reading.deployed, world))
  return {
    namespace: reading.namespace,
    name: reading.name,
    chart: deployed?.chart ?? {name: '', version: ''},
    needs: written?.needs ?? [],
    hasPostHook: false,
    timeoutMs: written?.timeoutMs ?? 300_000,
    wanted: deployed?.objects ?? [],
    wantedHooks: [],
    versionOverride: undefined,
    versionPlace: undefined,
    given: [],
    podRestart: 'none',
    past: [],
    ridesAlong: undefined,
    values: undefined,
    drift: noDrift,
    deployed,
    latest: reading.latest,
  }
}
