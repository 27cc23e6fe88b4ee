import {compareObjects} from '../diff/changes.ts'
import type {KubernetesObject} from '../diff/kubernetes-object.ts'
import type {PodRestart, RevisionFacts} from '../plan/facts.ts'
import {givenText, hideGiven, notGivenNow, setWordsOf} from '../plan/given.ts'
import type {PastRelease} from '../plan/origin.ts'
import {liveOrigin} from '../plan/past.ts'
import type {CapturedRelease} from '../tools/capture.ts'
import type {StateRelease} from '../tools/helmfile-state.ts'
import {effectiveOf, type StateEffect} from './given-effect.ts'
import type {World} from './world.ts'

/** The words of `--set` for one release: those that were given; with `--keep-override` those it was deployed with. */
export function wantedSetWords(
  {given, options}: World,
  past: readonly PastRelease[],
  deployed: RevisionFacts | undefined,
): readonly string[] {
  const words = given.filter(({flag}) => flag === 'set').map(({word}) => word)
  if (words.length > 0 || options.override !== 'keep') return words
  return setWordsOf((deployed && liveOrigin(past, deployed).made?.given) ?? []) ?? []
}

export function withSetWords(captured: CapturedRelease, words: readonly string[]): CapturedRelease {
  return {...captured, argv: [...captured.argv, ...words.flatMap(word => ['--set', word])]}
}

/**
 * What was given and makes a difference to one release, for people and records. A value that changes nothing is no override.
 * @param objects the release as it was rendered with all of it
 */
export async function givenTo(
  captured: CapturedRelease,
  setWords: readonly string[],
  objects: readonly KubernetesObject[],
  renderWith: (words: readonly string[]) => Promise<KubernetesObject[]>,
  {stateEffect, world}: {stateEffect: StateEffect; world: World},
): Promise<string[]> {
  const [ofSet, ofState] = await Promise.all([
    effectiveOf(setWords, async kept => {
      const others = await renderWith(kept).catch(() => [])
      return compareObjects(others, objects, {contextLines: 0}).length > 0
    }),
    stateEffect(captured),
  ])
  const kept = ofState.filter(({word}) => !isRestart(word))
  const texts = [...ofSet.map(word => givenText({flag: 'set', word})), ...kept.map(givenText)]
  return hideGiven(texts, world.secrecy.mask)
}

// It was for that once: no later run takes it back.
function isRestart(word: string): boolean {
  return word.startsWith('roll_restart=')
}

/**
 * Of what was given to the run that made the live revision and is not given now: what makes a difference. git may hold it by now.
 * @param renderWith the release as it is wanted, with one more word of `--set`
 */
export async function lostTexts(
  before: readonly string[],
  now: readonly string[],
  objects: readonly KubernetesObject[],
  renderWith: (word: string) => Promise<readonly KubernetesObject[]>,
): Promise<string[]> {
  const isLost = async (text: string) => {
    const [word] = setWordsOf([text]) ?? []
    // What is hidden, or is helmfile's own, cannot be tried.
    if (word === undefined) return true
    const others = await renderWith(word).catch(() => undefined)
    return others === undefined || compareObjects(objects, others, {contextLines: 0}).length > 0
  }
  const lost = notGivenNow(before, now)
  const checked = await Promise.all(lost.map(async text => ((await isLost(text)) ? [text] : [])))
  return checked.flat()
}

export function podRestartOf(written: StateRelease | undefined, {given}: World): PodRestart {
  if (!written?.recreatesPods) return 'none'
  return given.some(({flag}) => flag !== 'set') ? 'asked' : 'with-changes'
}
