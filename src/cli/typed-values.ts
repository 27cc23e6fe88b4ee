import {durationMs} from '../charts/duration.ts'
import {DeployError} from '../errors.ts'
import type {GivenValue, RollbackTarget, VersionRequest} from '../plan/intent.ts'
import {isTag} from '../version/tag.ts'

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
