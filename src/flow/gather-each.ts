import {isPlainName, pickEnvironments} from '../charts/environments.ts'
import type {Facts} from '../plan/facts.ts'
import {guessEnvironments, listEnvironments} from '../tools/helmfile.ts'
import type {GatheredEnvironment} from './gather-environment.ts'
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
 * Read every environment that is meant, side by side.
 * @param asked as typed: names, aliases, `production`, `all`
 * @throws whatever one of them failed with, once all have ended and every connection is closed
 */
export async function gatherEach(
  asked: readonly string[],
  world: World,
  read: (environment: string) => Promise<GatheredEnvironment>,
): Promise<Gathered> {
  const early = await readEarly(asked, world, read)
  const names = await chooseEnvironments(asked, world).catch(async (error: unknown) => {
    await forget([...early.values()])
    throw error
  })
  const settled = await Promise.allSettled(names.map(name => early.get(name) ?? read(name)))
  await forget([...early].flatMap(([name, reading]) => (names.includes(name) ? [] : [reading])))
  // From here on texts are compared and shown.
  await world.privateFiles
  const done = settled.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
  const sites = done.flatMap(one => (one.kind === 'read' ? [one.site] : []))
  const close = async () => {
    await Promise.all(sites.map(site => site.cluster.close()))
  }
  const failed = settled.find(one => one.status === 'rejected')
  if (failed) {
    await close()
    throw failed.reason
  }
  const facts: Facts = {
    service: world.service,
    tree: world.tree,
    environments: done.flatMap(one => (one.kind === 'read' ? [one.facts] : [])),
    skipped: done.flatMap(one => (one.kind === 'skipped' ? [one.skipped] : [])),
  }
  return {facts, sites: new Map(sites.map(site => [site.environment, site])), close}
}

type Readings = ReadonlyMap<string, Promise<GatheredEnvironment>>

// Where helmfile has to be asked first which environments there are, those that most likely are meant are read meanwhile.
async function readEarly(
  asked: readonly string[],
  world: World,
  read: (environment: string) => Promise<GatheredEnvironment>,
): Promise<Readings> {
  if (onlyName(asked, world) !== undefined) return new Map()
  const names = await likelyEnvironments(asked, world).catch(() => [])
  const readings = names.map(name => [name, read(name)] as const)
  for (const [, reading] of readings) reading.catch(() => {})
  return new Map(readings)
}

async function likelyEnvironments(asked: readonly string[], world: World): Promise<string[]> {
  return pickEnvironments(asked, await guessEnvironments(await siteOf(world)), world.settings)
}

async function forget(readings: readonly Promise<GatheredEnvironment>[]): Promise<void> {
  for (const reading of readings) {
    const read = await reading.catch(() => undefined)
    if (read?.kind === 'read') await read.site.cluster.close()
  }
}

async function chooseEnvironments(asked: readonly string[], world: World): Promise<string[]> {
  const only = onlyName(asked, world)
  if (only !== undefined) return [only]
  return pickEnvironments(asked, await listEnvironments(await siteOf(world)), world.settings)
}

// A single name needs no list: helmfile itself says whether it knows it.
function onlyName([word, ...others]: readonly string[], {settings}: World): string | undefined {
  return word !== undefined && others.length === 0 && isPlainName(word, settings) ? word : undefined
}
