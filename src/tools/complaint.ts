const NOISE = [
  /^$/,
  /^Use --debug flag to render out invalid YAML$/,
  // What helmfile says of every run.
  /^(skipping missing|Templating release|Building dependency|Comparing release|Listing releases|Upgrading release)/,
  /^in \.\/helmfile\.yaml: $/,
]
const FIRST_LINES = 8
const LAST_LINES = 8

/** What a program complained of: its own words without its argument dump and its chatter, the middle of long ones left out. */
export function complaintOf(stderr: string): string {
  const [told = ''] = stderr.split(/\n\s*(?:COMMAND|PATH|ARGS):/)
  const lines = told
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => !NOISE.some(noise => noise.test(line)))
  if (lines.length <= FIRST_LINES + LAST_LINES + 1) return lines.join('\n')
  const left = lines.length - FIRST_LINES - LAST_LINES
  return [...lines.slice(0, FIRST_LINES), `  … ${left} more lines …`, ...lines.slice(-LAST_LINES)].join('\n')
}
