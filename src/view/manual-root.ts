import type {ExitKind} from '../exit-codes.ts'
import {EXIT_CODES} from '../exit-codes.ts'
import {ENVIRONMENT, FILES, type Manual, type ManualStyle} from './manual.ts'
import {lowerFirst} from './manual-page.ts'
import {command, exitCodes, part, prose, terms} from './manual-parts.ts'

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ['DEPLOYING', ['service', 'diff', 'rollback', 'resume', 'abort', 'check', 'lock', 'unlock']],
  ['LOOKING', ['status', 'history', 'logs', 'shell', 'render']],
  ['THE CHARTS REPOSITORY', ['version get', 'version set', 'lint', 'chart', 'new-service']],
]

/** What `deploy --help` shows: the main job, and every command with its first line. */
export function rootPage(manuals: readonly Manual[], version: string, style: ManualStyle): string {
  const grouped = new Set(GROUPS.flatMap(([, names]) => names))
  const others = manuals.filter(manual => !grouped.has(nameOf(manual)) && !grouped.has(manual.words[0] ?? ''))
  const lines = [
    ...part(
      'NAME',
      prose(
        'deploy - bring a version of a service into Kubernetes, watch it, and put everything back when it is bad',
        style,
      ),
      style,
    ),
    ...part(
      'SYNOPSIS',
      [
        'deploy NAME -e ENV [--version [RELEASE=]TAG] [FLAGS]',
        'deploy COMMAND [ARGUMENTS] [FLAGS]',
        'deploy help COMMAND',
      ].flatMap(line => command(line, style)),
      style,
    ),
    ...part('DESCRIPTION', prose(DESCRIPTION, style), style),
    ...part('EXAMPLES', terms(EXAMPLES, style), style),
    ...GROUPS.flatMap(([title, names]) => part(title, terms(inGroup(names, manuals).map(row), style), style)),
    ...part('OTHERS', terms(others.map(row), style), style),
    ...part('EXIT CODES', exitCodes(Object.keys(EXIT_CODES) as ExitKind[], style), style),
    ...part(
      'ENVIRONMENT',
      terms(
        ENVIRONMENT.map(({name, about}) => [name, about] as const),
        style,
      ),
      style,
    ),
    ...part('FILES', terms(FILES, style), style),
    ...part(
      'SEE ALSO',
      prose(
        `deploy help COMMAND, ${style.docs}, ${style.docs}/by-hand.md (helmfile's commands and what they are here)`,
        style,
      ),
      style,
    ),
    ...part('VERSION', prose(version, style), style),
  ]
  return lines.join('\n')
}

/** The commands below one word, such as `sandbox`. */
export function topicPage(
  name: string,
  summary: string,
  manuals: readonly Manual[],
  style: ManualStyle,
): string {
  return [
    ...part('NAME', prose(`deploy ${name} - ${lowerFirst(summary)}`, style), style),
    ...part('SYNOPSIS', command(`deploy ${name} COMMAND [FLAGS]`, style), style),
    ...part('COMMANDS', terms(manuals.map(row), style), style),
    ...part('SEE ALSO', prose(`deploy help ${name} COMMAND, deploy help`, style), style),
  ].join('\n')
}

const DESCRIPTION = `It takes a service, an environment and an image version, shows exactly what will change, and asks. It
changes it through helmfile and helm and watches the pods until they are healthy for a while; a version that is bad is said to
be so within seconds, and everything that was touched is put back and verified.

The service is a directory helmfile.d/GROUP/NAME of the charts repository. ENV is one of its environments, several with
commas, production, or all. Staging comes first, then the canaries, then the rest, environment by environment. Without a
terminal nothing is ever asked: without --yes nothing is changed.`

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['deploy shop -e staging', 'what git says, to staging'],
  ['deploy diff shop -e all', 'only look'],
  ['deploy shop -e production --version TAG', 'another version, canaries first'],
  ['deploy rollback shop -e production', 'back to what was before'],
]

function inGroup(names: readonly string[], manuals: readonly Manual[]): Manual[] {
  return names.flatMap(name =>
    manuals.filter(manual => nameOf(manual) === name || (!name.includes(' ') && manual.words[0] === name)),
  )
}

function row(manual: Manual): [string, string] {
  return [nameOf(manual), manual.summary]
}

function nameOf({words}: Manual): string {
  return words.join(' ')
}
