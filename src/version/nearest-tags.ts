import {editDistance} from '../charts/nearest.ts'

/** The tags most like a wanted one, the most like first: a mistyped one differs little, a date that is off shares its shape. */
export function nearestTags(wanted: string, tags: readonly string[], count: number): string[] {
  return [...new Set(tags)]
    .map(tag => ({tag, distance: editDistance(wanted, tag)}))
    .toSorted((a, b) => a.distance - b.distance || compare(b.tag, a.tag))
    .slice(0, count)
    .map(({tag}) => tag)
}

// Of two equally far the later: tags are mostly dates or numbers.
function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', {numeric: true})
}
