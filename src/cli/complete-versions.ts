import {readdir, readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {versionsIn} from '../charts/helmfile-text.ts'
import type {Line, Offer} from '../completion/grammar.ts'
import {newestTags, type RanOnce, recordedOffers, together, versionedNames} from '../completion/versions.ts'
import type {ServiceFacts} from '../plan/facts.ts'
import {openRegistry} from '../registry/registry.ts'
import {directoryOf} from './complete-names.ts'
import {runsOf} from './complete-runs.ts'
import {type Host, settingsIn} from './host.ts'
import {credentialsFile} from './open-world.ts'

/** Images of a service that a registry is asked for, and tags of each that are offered. */
const MAX_IMAGES = 3
const MAX_TAGS = 30

/**
 * Versions that the runs of the service were to deploy, that git holds anywhere in its values, and that the registry has. What
 * cannot be asked in time offers nothing.
 */
export async function versionOffers(service: ServiceFacts, line: Line, host: Host): Promise<Offer[]> {
  const [prefix = '', release] = /^([a-z0-9][a-z0-9.-]*)=/.exec(line.typed) ?? []
  const typed = line.typed.slice(prefix.length)
  const [inGit, runs] = await Promise.all([
    gitOffers(service, host),
    runsOf(`${service.group}/${service.name}`, line, host).catch(() => []),
  ])
  const inRegistry = await registryOffers(service, runs, inGit, typed, host).catch(() => [])
  const offers = together([...recordedOffers(runs, release), ...inGit, ...inRegistry])
  return offers.map(({word, about}) => ({word: prefix + word, about}))
}

// What was tried in staging goes to production next.
async function gitOffers(service: ServiceFacts, host: Host): Promise<Offer[]> {
  const directory = directoryOf(service, host)
  const files = (await readdir(directory)).filter(name => /^values.*\.ya?ml$/.test(name))
  const texts = await Promise.all(files.map(name => readFile(join(directory, name), 'utf8').catch(() => '')))
  return texts
    .flatMap((text, index) => versionsIn(text).map(word => ({word, about: `in ${files[index]}`})))
    .toSorted((a, b) => b.word.localeCompare(a.word))
}

async function registryOffers(
  service: ServiceFacts,
  runs: readonly RanOnce[],
  inGit: readonly Offer[],
  typed: string,
  host: Host,
): Promise<Offer[]> {
  const settings = await settingsIn(host, host.chartsRoot, service)
  const versions = inGit.map(({word}) => word)
  const names = versionedNames(runs, versions).slice(0, MAX_IMAGES)
  const registry = openRegistry(settings.registry, credentialsFile(settings))
  try {
    const tags = await Promise.all(names.map(name => registry.tags(name)))
    return tags.flatMap(some =>
      newestTags(some, typed, MAX_TAGS).map(word => ({word, about: 'in the registry'})),
    )
  } finally {
    registry.close()
  }
}
