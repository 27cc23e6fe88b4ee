/** The candidate that a mistyped word most likely meant, or none when all are far away. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map(candidate => ({candidate, distance: editDistance(word, candidate)}))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, Math.floor(word.length / 3))
    ? best.candidate
    : undefined
}

/** Up to three of them, the nearest first; whatever begins with the word is near. */
export function nearestFew(word: string, candidates: readonly string[]): string[] {
  const far = Math.max(2, Math.floor(word.length / 3))
  return [...new Set(candidates)]
    .map(candidate => ({
      candidate,
      distance: word.length > 1 && candidate.startsWith(word) ? 0 : editDistance(word, candidate),
    }))
    .filter(({distance}) => distance <= far)
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({candidate}) => candidate)
}

// Levenshtein over one row.
export function editDistance(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      )
    }
    row = next
  }
  return row[b.length] ?? 0
}
