import {readFile} from 'node:fs/promises'
import {join} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import type {GivenValue} from '../plan/intent.ts'
import {type CapturedRelease, captureReleases, type LauncherSite, setHelmBinary} from '../tools/capture.ts'
import {writeStateValues} from '../tools/state-values.ts'
import {launcherSiteOf} from './sites.ts'
import type {World} from './world.ts'

/** Those of the given state values that change what helmfile tells helm of a release. */
export type StateEffect = (captured: CapturedRelease) => Promise<readonly GivenValue[]>

/** Ask helmfile again without what was given, as often as the answer takes. A value without which it cannot answer changes everything. */
export function stateEffectOf(
  site: LauncherSite,
  environment: string,
  selectors: readonly string[],
  helmPath: string,
  world: World,
): StateEffect {
  const given = world.given.filter(({flag}) => flag !== 'set')
  const asked = new Map<string, Promise<Calls>>()
  const callsWith = (kept: readonly GivenValue[]) => {
    const name = `with-${kept.map(one => given.indexOf(one)).join('-')}`
    const calls = asked.get(name) ?? readCalls({site, environment, selectors, helmPath, kept, name}, world)
    asked.set(name, calls)
    return calls
  }
  return captured =>
    effectiveOf(given, async kept => {
      const calls = await callsWith(kept)
      return !isDeepStrictEqual(await callOf(captured), calls.get(captured.key))
    })
}

/**
 * The words that make a difference: each that does so alone, or else all of them when they do so only together.
 * @param differsWith whether the result is another one with only these
 */
export async function effectiveOf<Word>(
  words: readonly Word[],
  differsWith: (kept: readonly Word[]) => Promise<boolean>,
): Promise<readonly Word[]> {
  const differs = await Promise.all(words.map(word => differsWith(words.filter(one => one !== word))))
  const alone = words.filter((_, index) => differs[index])
  if (alone.length > 0 || words.length < 2) return alone
  return (await differsWith([])) ? words : []
}

/** What helm would be called with, by the launcher's key of the release. */
type Calls = ReadonlyMap<string, Call>
type Call = {argv: readonly string[]; contents: readonly string[]}

type Question = {
  site: LauncherSite
  environment: string
  selectors: readonly string[]
  helmPath: string
  kept: readonly GivenValue[]
  name: string
}

async function readCalls(question: Question, world: World): Promise<Calls> {
  const {site, environment, selectors, helmPath, kept, name} = question
  const own = await launcherSiteOf(world, join(environment, name))
  await setHelmBinary(own, helmPath)
  const stateArgs = await writeStateValues(own.runDirectory, world.settings, kept)
  const releases = await captureReleases({...own, env: site.env, stateArgs}, environment, selectors).catch(
    () => [],
  )
  return new Map(await Promise.all(releases.map(async one => [one.key, await callOf(one)] as const)))
}

// Without the name of its own directory, and with what stands in the files.
async function callOf({argv, directory, valuesFiles}: CapturedRelease): Promise<Call> {
  const contents = await Promise.all(valuesFiles.map(file => readFile(file, 'utf8')))
  return {argv: argv.map(arg => arg.replace(directory, '')), contents}
}
