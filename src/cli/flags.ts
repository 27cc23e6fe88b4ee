import {Flags} from '@oclif/core'
import {durationMs} from '../charts/settings.ts'
import {DeployError} from '../errors.ts'
import type {GivenValue, RollbackTarget, VersionRequest} from '../plan/intent.ts'
import {isTag} from '../version/tag.ts'

/** Flags that say what is meant: the hands of helmfile users know them. */
export const targetFlags = {
  env: Flags.string({
    char: 'e',
    description: 'environments: names, production, all; comma-separated',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
    required: true,
  }),
  selector: Flags.string({
    char: 'l',
    description: 'only these releases, as helmfile selects (name=canary)',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
    default: [],
  }),
}

export const versionFlags = {
  version: Flags.string({
    description: 'image version: TAG, or RELEASE=TAG for one release',
    helpValue: '[RELEASE=]TAG',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
  }),
}

const output = {helpGroup: 'OUTPUT'}

const keyValues = {
  multiple: true,
  // The next word may be the service.
  multipleNonGreedy: true,
  helpValue: 'KEY=VALUE',
} as const

/** Values for helmfile's templates: what it installs and how, not what a chart makes of it. */
export const stateValueFlags = {
  'state-values-set': Flags.string({
    description: 'a value for helmfile itself (roll_restart=1)',
    ...keyValues,
    default: [],
  }),
  'state-values-set-string': Flags.string({
    description: 'the same, always a text',
    ...keyValues,
    default: [],
  }),
}

export const valueFlags = {
  set: Flags.string({
    description: 'a value for the charts of all selected releases',
    ...keyValues,
    default: [],
  }),
  ...stateValueFlags,
}

export const outputFlags = {
  json: Flags.boolean({description: 'one result document', exclusive: ['events'], ...output}),
  output: Flags.string({
    char: 'o',
    description: 'json is the same as --json',
    options: ['json', 'text'],
    default: 'text',
    ...output,
  }),
  events: Flags.boolean({description: 'every event as a line of JSON, the result last', ...output}),
  'show-commands': Flags.boolean({
    description: 'also every helmfile and helm command, so that anyone can take over by hand',
    ...output,
  }),
  context: Flags.integer({
    description: 'lines around a difference',
    default: 3,
    min: 0,
    helpValue: 'N',
    ...output,
  }),
}

/** Which unfinished run is meant. */
export const finishFlags = {
  env: Flags.string({
    char: 'e',
    description: 'only these environments of it (default: all that are reachable from here)',
    multiple: true,
    // The next word may be the service.
    multipleNonGreedy: true,
    default: ['all'],
  }),
  run: Flags.string({description: 'the run, or its beginning, where there are several', helpValue: 'RUN'}),
}

export const carryOutFlags = {
  yes: Flags.boolean({char: 'y', description: 'do not ask'}),
  interactive: Flags.boolean({char: 'i', description: 'ask (the default on a terminal)', exclusive: ['yes']}),
  'dry-run': Flags.boolean({description: 'show what would change, and stop'}),
  message: Flags.string({char: 'm', description: 'why: goes into the record and the announcement'}),
  timeout: Flags.string({
    description: "outer limit for a release (default: the helmfile's)",
    env: 'DEPLOY_TIMEOUT',
    helpValue: '10m',
  }),
  'wait-lock': Flags.string({
    description: 'how long to wait while somebody else deploys the same service (default: not at all)',
    helpValue: '10m',
  }),
  window: Flags.string({description: 'how long healthy has to last', helpValue: '30s'}),
  bake: Flags.string({description: 'the same for canaries', helpValue: '60s'}),
  'local-tree': Flags.boolean({
    description: 'allow production from a tree that is dirty or not on its upstream branch',
  }),
}

const several = {helpGroup: 'SEVERAL SERVICES'}

export const fleetFlags = {
  pending: Flags.boolean({
    description: 'every service whose merged changes are not deployed there',
    exclusive: ['version', 'set', 'selector'],
    ...several,
  }),
  parallel: Flags.integer({
    description: 'how many services at the same time',
    default: 4,
    min: 1,
    helpValue: 'N',
    ...several,
  }),
  'max-failures': Flags.integer({
    description: 'begin nothing more after so many failed services',
    default: 3,
    min: 1,
    helpValue: 'N',
    ...several,
  }),
}

const decision = {helpGroup: 'DECISION'}

/** What is done first about a run that was left unfinished there. */
export const unfinishedFlags = {
  'on-unfinished': Flags.option({
    description:
      'a run that was cut off or paused there: go on with it or undo it first, or stop (default without a terminal)',
    options: ['resume', 'abort', 'fail'] as const,
    ...decision,
  })(),
}

/** What decides for a run that nobody watches where a person would be asked. */
export const decisionFlags = {
  'take-git': Flags.boolean({
    description: "deploy git's version over one that git does not hold",
    exclusive: ['keep-override', 'version'],
    ...decision,
  }),
  'keep-override': Flags.boolean({
    description: "deploy the version that runs, not git's, where git does not hold it",
    exclusive: ['version'],
    ...decision,
  }),
  retry: Flags.boolean({description: 'deploy again what was rolled back there', ...decision}),
}

/**
 * `-e a,b -e c` → a, b, c.
 * @throws DeployError `usage` when there is none
 */
export function listOf(values: readonly string[]): string[] {
  const names = values
    .flatMap(value => value.split(','))
    .map(value => value.trim())
    .filter(Boolean)
  if (names.length > 0) return names
  throw new DeployError('usage', 'read -e: no environment was named.', {
    hint: 'Use -e staging, -e production or -e all.',
  })
}

/** @throws DeployError `usage` for what is not `KEY=VALUE` */
export function parseValues(flags: {
  set?: readonly string[]
  'state-values-set': readonly string[]
  'state-values-set-string': readonly string[]
}): GivenValue[] {
  return (['set', 'state-values-set', 'state-values-set-string'] as const).flatMap(flag =>
    (flags[flag] ?? []).map(word => {
      if (/^[^=\s]+=/.test(word)) return {flag, word}
      throw new DeployError('usage', `read --${flag} ${JSON.stringify(word)}: that is not KEY=VALUE.`)
    }),
  )
}

/** @throws DeployError `usage` for a tag that cannot be one, or two ways of saying it at once */
export function parseVersion(values: readonly string[] | undefined): VersionRequest {
  if (values === undefined) return {kind: 'from-git'}
  const pairs = values.map(value => {
    const [, release, tag] = /^(?:([a-z0-9][a-z0-9-.]*)=)?(.*)$/s.exec(value) ?? []
    if (tag === undefined || !isTag(tag)) {
      throw new DeployError('usage', `read --version ${JSON.stringify(value)}: that is not an image's tag.`, {
        hint: 'Use a tag such as 2026-10-12-094512-production, or RELEASE=TAG.',
      })
    }
    return {release, tag}
  })
  const bare = pairs.filter(pair => pair.release === undefined)
  if (bare.length === 1 && pairs.length === 1 && bare[0]) return {kind: 'tag', tag: bare[0].tag}
  if (bare.length > 0)
    throw new DeployError(
      'usage',
      'read --version: a TAG for all releases goes alone; RELEASE=TAG may be repeated.',
    )
  const names = pairs.map(pair => pair.release)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined)
    throw new DeployError('usage', `read --version: ${twice} is given two versions.`, {
      hint: 'Name each release once.',
    })
  return {kind: 'per-release', tags: Object.fromEntries(pairs.map(pair => [pair.release, pair.tag]))}
}

/** @throws DeployError `usage` for anything but `500ms`, `10s`, `2m`, `1h` */
export function parseDuration(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const valueMs = durationMs(text)
  if (Number.isFinite(valueMs)) return valueMs
  throw new DeployError('usage', `read --${flag} ${JSON.stringify(text)}: that is not a duration.`, {
    hint: 'Use one such as 500ms, 10s or 2m.',
  })
}

/** `--to`: nothing = the last good state; digits = a revision of the one selected release; else a run. */
export function parseRollbackTarget(text: string | undefined, selectors: readonly string[]): RollbackTarget {
  if (text === undefined) return {kind: 'last-good'}
  if (!/^\d{1,6}$/.test(text)) return {kind: 'before-run', runId: text}
  if (selectors.length === 1) return {kind: 'revision', revision: Number(text)}
  throw new DeployError('usage', `read --to ${text}: revisions are counted for each release on its own.`, {
    hint: 'Select the one release that is meant: -l name=RELEASE --to REVISION.',
  })
}
