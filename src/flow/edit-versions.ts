import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import type {EnvironmentFacts} from '../plan/facts.ts'
import {newImages, refuseMissing} from '../plan/image-answers.ts'
import type {VersionRequest} from '../plan/intent.ts'
import {type HelmfileSite, listEnvironments} from '../tools/helmfile.ts'
import {editValue} from '../version/edit-values.ts'
import {type Deciding, decidingFile} from './deciding-file.ts'
import {siteOf} from './sites.ts'
import {factsOf, releasesOf} from './versions.ts'
import type {World} from './world.ts'

/** One file of the charts repository, before and after. */
export type FileEdit = {file: string; before: string; after: string}

/**
 * The change of the charts repository that makes a version git's own: proven by rendering, and nothing else changed.
 * @throws DeployError `usage` where it is not a plain value in a file of the service's own
 */
export async function editVersions(
  environments: readonly string[],
  selectors: readonly string[],
  version: VersionRequest,
  world: World,
): Promise<FileEdit[]> {
  const facts = await factsOf(environments, selectors, version, world)
  const site = await siteOf(world)
  const wanted = new Map<string, {path: readonly string[]; value: string}>()
  for (const environment of facts) {
    const written = await releasesOf(site, environment.name)
    for (const {name, versionOverride} of environment.releases) {
      const release = written.find(one => one.name === name)
      if (versionOverride === undefined || release === undefined) continue
      const file = plainFile(
        await decidingFile(release, site.directory, versionOverride.path),
        name,
        versionOverride.path,
      )
      wanted.set(`${file} ${versionOverride.path.join('.')}`, versionOverride)
    }
  }
  await refuseOthers(wanted, facts, version, selectors, site)
  await refuseUnbuilt(facts, version, world)
  return editsOf(wanted, world)
}

async function refuseUnbuilt(
  facts: readonly EnvironmentFacts[],
  version: VersionRequest,
  {registry, service}: World,
): Promise<void> {
  const moved = facts.flatMap(({releases}) =>
    releases.filter(release => release.versionOverride !== undefined),
  )
  for (const release of moved) {
    const images = newImages(release)
    const answers = await Promise.all(images.map(async image => [image, await registry.ask(image)] as const))
    const place = version.kind === 'per-release' ? `${release.name}=` : ''
    refuseMissing(new Map(answers), `deploy version set ${service.name} ${place}`.trimEnd())
  }
}

function plainFile(deciding: Deciding, release: string, path: readonly string[]): string {
  if (deciding.kind === 'file' && !deciding.isLink) return deciding.name
  const where = {
    file: 'a file that other services have as well (a link)',
    outside: deciding.kind === 'outside' ? `${deciding.name}, which is not in the repository` : '',
    inline: 'the helmfile itself',
    chart: "the chart's own values",
  }[deciding.kind]
  throw new DeployError('usage', `write the version of ${release}: ${path.join('.')} comes from ${where}.`, {
    hint: 'Change it there by hand; deploy version get shows where each version stands.',
  })
}

/** A file that also decides for what was not asked for would change more than was meant. */
async function refuseOthers(
  wanted: ReadonlyMap<string, {path: readonly string[]}>,
  facts: readonly EnvironmentFacts[],
  version: VersionRequest,
  selectors: readonly string[],
  site: HelmfileSite,
): Promise<void> {
  const asked = new Set(facts.map(environment => environment.name))
  const named = version.kind === 'per-release' ? Object.keys(version.tags) : undefined
  for (const environment of await listEnvironments(site)) {
    for (const release of await releasesOf(site, environment)) {
      const isMeant = named?.includes(release.name) ?? selectors.length === 0
      const isAsked = asked.has(environment) && isMeant
      for (const [key, {path}] of isAsked ? [] : wanted) {
        const deciding = await decidingFile(release, site.directory, path)
        const isSelected =
          named === undefined &&
          facts.some(one => one.name === environment && one.releases.some(each => each.name === release.name))
        if (deciding.kind !== 'file' || isSelected || key !== `${deciding.name} ${path.join('.')}`) continue
        throw new DeployError(
          'usage',
          `write the version: ${deciding.name} decides it for ${release.name} in ${environment} as well.`,
          {
            hint: `${named === undefined ? 'Leave -e and -l out' : `Without ${named[0]}= it is written for both`}, or write ${path.join('.')} into a file of its own by hand.`,
          },
        )
      }
    }
  }
}

async function editsOf(
  wanted: ReadonlyMap<string, {path: readonly string[]; value: string}>,
  {service, tree}: World,
): Promise<FileEdit[]> {
  const edits = new Map<string, FileEdit>()
  for (const [key, {path, value}] of wanted) {
    const name = key.slice(0, key.lastIndexOf(' '))
    const file = `helmfile.d/${service.group}/${service.name}/${name}`
    const before = edits.get(file)?.before ?? (await readFile(join(tree.root, file), 'utf8'))
    const edit = editValue(edits.get(file)?.after ?? before, path, value)
    if (edit.kind === 'refused') {
      throw new DeployError('usage', `write ${path.join('.')} into ${file}: ${edit.why}.`, {
        hint: 'Change it by hand.',
      })
    }
    edits.set(file, {file, before, after: edit.text})
  }
  return [...edits.values()]
}
