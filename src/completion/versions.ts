import {splitImage} from '../version/tag.ts'
import type {Offer} from './grammar.ts'

/** As much of a recorded run as tells which versions there were. */
export type RanOnce = {
  startedAt: string
  outcome?: string
  environments: readonly {name: string; record: {releases: readonly RanRelease[]}}[]
}

type RanRelease = {name: string; images: readonly string[]; override?: string | null; gitVersion?: string}

/** The versions that runs were to deploy, newest run first, and what became of them. `release`: of that one only. */
export function recordedOffers(runs: readonly RanOnce[], release?: string): Offer[] {
  return runs.flatMap(({startedAt, outcome, environments}) => {
    const found = environments.flatMap(({name, record}) =>
      record.releases
        .filter(one => release === undefined || one.name === release)
        .flatMap(one => versionsOf(one).map(word => ({word, name}))),
    )
    return [...Map.groupBy(found, ({word}) => word)].map(([word, some]) => {
      const where = [...new Set(some.map(({name}) => name))].join(', ')
      return {word, about: `${outcome ?? 'not ended'} in ${where}, ${startedAt.slice(0, 10)}`}
    })
  })
}

/** What was given says which one is the version; else it is among what changed. */
function versionsOf({images, override, gitVersion}: RanRelease): string[] {
  const said = override ?? gitVersion
  return said === undefined || said === null ? [...new Set(images.flatMap(tagIn))] : [said]
}

/**
 * The names of the images whose version is meant, among sidecars: those that ran with a version that was given, or that git's values
 * hold; the only one there is where none did.
 */
export function versionedNames(runs: readonly RanOnce[], inGit: readonly string[]): string[] {
  const releases = runs.flatMap(({environments}) => environments.flatMap(({record}) => record.releases))
  const said = releases.flatMap(({override, gitVersion}) => [override ?? [], gitVersion ?? []].flat())
  const known = new Set([...said, ...inGit])
  const images = releases.flatMap(one => one.images)
  const meant = images.filter(image => tagIn(image).some(tag => known.has(tag)))
  const names = new Set(images.map(image => splitImage(image).name))
  return meant.length > 0
    ? [...new Set(meant.map(image => splitImage(image).name))]
    : names.size === 1
      ? [...names]
      : []
}

function tagIn(image: string): string[] {
  const {tag} = splitImage(image)
  return tag === undefined ? [] : [tag]
}

/** The newest tags that go on from what is typed: tags are mostly dates or numbers. */
export function newestTags(tags: readonly string[], typed: string, count: number): string[] {
  return tags
    .filter(tag => tag.startsWith(typed))
    .toSorted((a, b) => b.localeCompare(a, 'en', {numeric: true}))
    .slice(0, count)
}

/** Each word once, with all that is known of it. */
export function together(offers: readonly Offer[]): Offer[] {
  return [...Map.groupBy(offers, ({word}) => word)].map(([word, some]) => ({
    word,
    about: [...new Set(some.map(({about}) => about))].slice(0, 2).join('; '),
  }))
}
