import {isSameRelease} from '../plan/release-ref.ts'
import {imagesIn} from '../diff/images.ts'
import type {EnvironmentFacts, ReleaseFacts} from '../plan/facts.ts'
import type {VersionRequest} from '../plan/intent.ts'
import {buildState, type HelmfileSite} from '../tools/helmfile.ts'
import type {StateRelease} from '../tools/helmfile-state.ts'
import {mergeValues, placeOf} from '../version/place.ts'
import {type Deciding, decidingFile, readValues} from './deciding-file.ts'
import {gather} from './gather.ts'
import {siteOf} from './sites.ts'
import type {World} from './world.ts'

/** The version of a release as git has it, and where it stands. */
export type WrittenVersion = {
  environment: string
  release: string
  image: string
  version: string
  /** `main_app.version` */
  path: string
  /** From the root of the charts repository. */
  file: string
}

/** What versions git gives the releases. A release whose version cannot be told is left out. */
export async function readVersions(
  environments: readonly string[],
  selectors: readonly string[],
  world: World,
): Promise<WrittenVersion[]> {
  const facts = await factsOf(environments, selectors, {kind: 'from-git'}, world)
  const site = await siteOf(world)
  const read = await Promise.all(facts.map(environment => versionsIn(environment, site, world)))
  return read.flat()
}

/** What git says with a version, and what runs. */
export async function factsOf(
  environments: readonly string[],
  selectors: readonly string[],
  version: VersionRequest,
  world: World,
): Promise<readonly EnvironmentFacts[]> {
  const services = [world.service.name]
  const gathered = await gather(
    {kind: 'deploy', services, environments, version, selectors, message: undefined},
    world,
  )
  await gathered.close()
  return gathered.facts.environments
}

async function versionsIn(
  {name: environment, releases}: EnvironmentFacts,
  site: HelmfileSite,
  world: World,
): Promise<WrittenVersion[]> {
  const written = await releasesOf(site, environment)
  const found = await Promise.all(
    releases.map(async release => {
      const state = written.find(one =>
        isSameRelease({name: one.name, namespace: one.namespace || release.namespace}, release),
      )
      const place = state && (await placeWritten(release, state, site.directory))
      if (state === undefined || place === undefined) return []
      const deciding = await decidingFile(state, site.directory, place.path)
      return [
        {
          environment,
          release: release.name,
          image: place.imageName,
          version: place.current,
          path: place.path.join('.'),
          file: fileText(deciding, world),
        },
      ]
    }),
  )
  return found.flat()
}

async function placeWritten({wanted, chart}: ReleaseFacts, {values}: StateRelease, directory: string) {
  const read = await Promise.all(
    values.map(one => (typeof one === 'string' ? readValues(one, directory) : one)),
  )
  return placeOf(read.reduce(mergeValues, {}), chart.name, imagesIn(wanted))
}

function fileText(deciding: Deciding, {service}: World): string {
  if (deciding.kind === 'file') return `helmfile.d/${service.group}/${service.name}/${deciding.name}`
  if (deciding.kind === 'outside') return deciding.name
  return deciding.kind === 'inline' ? 'the helmfile itself' : "the chart's own values"
}

/** Of helmfile's state, those that are installed. */
export async function releasesOf(site: HelmfileSite, environment: string): Promise<readonly StateRelease[]> {
  const state = await buildState(site, environment)
  return state === 'unknown-environment' ? [] : state.releases.filter(release => release.isInstalled)
}
