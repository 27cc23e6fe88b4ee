import {redactObjects} from '../diff/redact.ts'
import type {KubernetesObject} from '../diff/manifests.ts'
import type {EnvironmentFacts, ReleaseFacts} from '../plan/facts.ts'
import type {VersionRequest} from '../plan/intent.ts'
import {gather} from './gather.ts'
import type {World} from './world.ts'

export type RenderRequest = {
  environments: readonly string[]
  selectors: readonly string[]
  version: VersionRequest
  showsSecrets: boolean
}

export type RenderedRelease = {
  environment: string
  name: string
  namespace: string
  /** In helm's order, hooks last; values of Secrets are masked already. */
  objects: readonly KubernetesObject[]
}

export type RenderedService = {
  service: {group: string; name: string}
  releases: readonly RenderedRelease[]
  /** For the text of the manifests: hides private values wherever they stand. */
  mask: (text: string) => string
  /** Environments that cannot be reached from here. */
  skipped: readonly {environment: string; reason: string}[]
}

/**
 * Every release's manifest as helm would store it.
 * @throws DeployError as `gather` does
 */
export async function render(request: RenderRequest, world: World): Promise<RenderedService> {
  const {environments, selectors, version, showsSecrets} = request
  const services = [world.service.name]
  const gathered = await gather(
    {kind: 'deploy', services, environments, version, selectors, message: undefined},
    world,
  )
  await gathered.close()
  const all = gathered.facts.environments.flatMap(releasesOf)
  return {
    service: world.service,
    releases: showsSecrets ? all : all.map(withoutSecrets),
    mask: showsSecrets ? text => text : world.secrecy.mask,
    skipped: gathered.facts.skipped,
  }
}

function releasesOf({name: environment, releases}: EnvironmentFacts): RenderedRelease[] {
  return releases.map(({name, namespace, wanted, wantedHooks}: ReleaseFacts) => ({
    environment,
    name,
    namespace,
    objects: [...wanted, ...wantedHooks],
  }))
}

// Without a fingerprint: its key differs from run to run, and two renders of the same must be equal.
function withoutSecrets(release: RenderedRelease): RenderedRelease {
  return {...release, objects: redactObjects(release.objects, () => '')}
}
