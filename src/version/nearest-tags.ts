import {editDistance} from '../charts/nearest.ts'

/**
 * The tags most like a wanted one, the most like first: of its flavour (`…-production`), then those that begin as it does, then
 * those that differ in the fewest letters.
 */
export function nearestTags(wanted: string, tags: readonly string[], count: number): string[] {
  return [...new Set(tags)]
    .map(tag => ({
      tag,
      isOther: isOtherFlavour(wanted, tag) ? 1 : 0,
      shared: sharedStart(wanted, tag),
      distance: editDistance(wanted, tag),
    }))
    .toSorted(
      (a, b) =>
        a.isOther - b.isOther || b.shared - a.shared || a.distance - b.distance || compare(b.tag, a.tag),
    )
    .slice(0, count)
    .map(({tag}) => tag)
}

// A flavour may be mistyped as well.
function isOtherFlavour(wanted: string, tag: string): boolean {
  return editDistance(flavourOf(wanted), flavourOf(tag)) > 2
}

/** `production` of `2026-11-20-093000-production`; nothing of `v2.1`. */
function flavourOf(tag: string): string {
  return /-([a-z][a-z-]*)$/i.exec(tag)?.[1] ?? ''
}

function sharedStart(one: string, other: string): number {
  let length = 0
  while (length < one.length && one[length] === other[length]) length++
  return length
}

// Of two equally far the later: tags are mostly dates or numbers.
function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', {numeric: true})
}
