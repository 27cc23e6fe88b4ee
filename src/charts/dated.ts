/** What gives another text at each rendering, as helmfile's templates know it. */
const CLOCK = /\b(?:now|ago|unixEpoch)\b/
const CHANCE = /\b(?:rand[A-Z]\w*|uuidv4|shuffle|gen[A-Z]\w+|bcrypt|htpasswd)\b/

/**
 * Whether values may be other ones each time helmfile is asked, by the time or by chance.
 * @param helmfile its text, with what it includes
 * @param values as they were made on `today` (`2026-11-21`)
 */
export function mayBeDated(helmfile: string, values: string, today: string): boolean {
  const templates = (helmfile.match(/\{\{.*?\}\}/gs) ?? []).join('\n')
  return CHANCE.test(templates) || (CLOCK.test(templates) && values.includes(today))
}

/** The numbers of the lines in which two renderings of the same values differ; nothing where they differ in more than that. */
export function datedLines(one: string, other: string): number[] | undefined {
  const [ours, others] = [one.split('\n'), other.split('\n')]
  if (ours.length !== others.length) return undefined
  return ours.flatMap((line, index) => (line === others[index] ? [] : [index + 1]))
}
