import {isPlainName, pickEnvironments} from '../charts/environments.ts'
import type {Facts} from '../plan/facts.ts'
import {likelyEnvironment, listEnvironments} from '../tools/helmfile.ts'
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
    await forget(early)
    throw error
  })
  const settled = await Promise.allSettled(
    names.map(name => (name === early?.name ? early.reading : read(name))),
  )
  if (early && !names.includes(early.name)) await forget(early)
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

type Early = {name: string; reading: Promise<GatheredEnvironment>}

// For `all` one environment is read while helmfile still says which there are: most likely it is one of them.
async function readEarly(
  asked: readonly string[],
  world: World,
  read: (environment: string) => Promise<GatheredEnvironment>,
): Promise<Early | undefined> {
  if (!asked.includes('all')) return undefined
  const name = await likelyEnvironment(await siteOf(world)).catch(() => undefined)
  if (name === undefined) return undefined
  const reading = read(name)
  reading.catch(() => {})
  return {name, reading}
}

async function forget(early: Early | undefined): Promise<void> {
  const read = await early?.reading.catch(() => undefined)
  if (read?.kind === 'read') await read.site.cluster.close()
}

async function chooseEnvironments(asked: readonly string[], world: World): Promise<string[]> {
  // A single name needs no list: helmfile itself says whether it knows it.
  const [only] = asked
  if (asked.length === 1 && only !== undefined && isPlainName(only, world.settings)) return [only]
  return pickEnvironments(asked, await listEnvironments(await siteOf(world)), world.settings)
}
