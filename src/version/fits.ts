import {nearest} from '../charts/nearest.ts'
import {DeployError} from '../errors.ts'
import type {VersionRequest} from '../plan/intent.ts'

/** A release and the image that its version decides; no image when no place was found. */
export type Versioned = {release: string; image: string | undefined; current: string | undefined}

/**
 * Check a version against every release it could mean.
 * @throws DeployError `not-found` for a RELEASE there is none of; `usage` when a RELEASE has no place for a version, when none has,
 * and when a bare TAG would go to different images
 */
export function checkVersionFits(request: VersionRequest, releases: readonly Versioned[]): void {
  // What was found out for each release needs no check.
  if (request.kind === 'from-git' || request.kind === 'by-environment') return
  if (request.kind === 'per-release') {
    for (const name of Object.keys(request.tags)) checkRelease(name, releases)
    return
  }
  const images = new Map(
    releases.flatMap(one => (one.image === undefined ? [] : [[one.image, one] as const])),
  )
  if (images.size === 0)
    throw noPlace(
      'find where the version is written: no image of this service takes its tag from its values.',
    )
  if (images.size > 1) throw severalImages(request.tag, [...images.values()])
}

function checkRelease(name: string, releases: readonly Versioned[]): void {
  const meant = releases.filter(one => one.release === name)
  if (meant.some(one => one.image !== undefined)) return
  if (meant.length > 0)
    throw noPlace(
      `find where the version of ${name} is written: its image does not take its tag from its values.`,
    )
  const names = [...new Set(releases.map(one => one.release))]
  const close = nearest(name, names)
  throw new DeployError('not-found', `find the release ${name}: there are ${names.join(', ')}.`, {
    hint:
      close === undefined
        ? `Use --version RELEASE=TAG with one of: ${names.join(', ')}.`
        : `Did you mean --version ${close}=TAG?`,
  })
}

function severalImages(tag: string, candidates: readonly Versioned[]): DeployError {
  const lines = candidates.map(one => `  --version ${one.release}=${tag}  (${one.image}, now ${one.current})`)
  return new DeployError(
    'usage',
    `set the version ${tag}: the releases run different images. Which one is meant?\n${lines.join('\n')}`,
    {
      hint: 'Use RELEASE=TAG, for several releases several times.',
    },
  )
}

function noPlace(message: string): DeployError {
  return new DeployError('usage', message, {
    hint: 'Change the values in the charts repository instead, then run deploy without --version.',
  })
}
