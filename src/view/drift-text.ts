import type {Drift} from '../plan/drift.ts'
import {type ChangeOptions, hunkLines, MAX_OBJECT_LINES} from './change-text.ts'
import {hunkKey, hunksOf} from './hunks.ts'
import {counted, cutLine, hanging, listed, printable} from './layout.ts'
import {agoText} from './time-text.ts'

/** What was changed by hand, release by release, who did it and what becomes of it; nothing where all is as deployed. */
export function driftText(
  drifts: readonly Drift[],
  options: Omit<ChangeOptions, 'seen'>,
): {lines: string[]; isCut: boolean} {
  if (drifts.length === 0) return {lines: [], isCut: false}
  const seen = new Map<string, string>()
  const releases = [...Map.groupBy(drifts, placeOf)].map(([place, some]) => {
    const objects = some.map(drift => objectText(drift, {...options, seen}))
    for (const key of some.flatMap(keysOf)) if (!seen.has(key)) seen.set(key, place)
    const [{release, revision} = noRelease] = some
    const command = `helm rollback ${release.name} ${revision} -n ${release.namespace}`
    const isLeft = some.some(({fate}) => fate.kind === 'stays' && fate.why === 'release-unchanged')
    return {
      lines: [
        `  ${options.palette.bold(place)}${options.palette.dim(` · since revision ${revision}`)}`,
        ...objects.flatMap(object => object.lines),
        ...(isLeft
          ? [options.palette.dim(hanging('    ', `To put it back: ${command}`, options.width))]
          : []),
      ],
      isCut: objects.some(object => object.isCut),
    }
  })
  return {
    lines: [
      options.palette.yellow('Changed by hand since it was deployed (- as deployed, + as it is now)'),
      ...releases.flatMap(release => release.lines),
    ],
    isCut: releases.some(release => release.isCut),
  }
}

const noRelease = {release: {namespace: '', name: ''}, revision: 0}

function placeOf({environment, release}: Drift): string {
  return `${environment} ${release.name}`
}

function keysOf({change}: Drift): string[] {
  return hunksOf(change).map(hunk => hunkKey(change, hunk))
}

function objectText(drift: Drift, options: ChangeOptions): {lines: string[]; isCut: boolean} {
  const {palette, width, detail, seen} = options
  const {change} = drift
  const isGone = change.kind === 'removed'
  const mark = isGone ? palette.red('-') : palette.yellow('~')
  const name = cutLine(printable(`${change.objectKind} ${change.name}`), width - 6)
  const earlier = new Set(keysOf(drift).map(key => seen.get(key)))
  const same = earlier.size === 1 ? [...earlier][0] : undefined
  const body =
    isGone || same !== undefined ? [] : hunksOf(change).flatMap(hunk => hunkLines(hunk, change, options))
  const limit = detail === 'full' ? body.length : MAX_OBJECT_LINES
  const more = body.length - limit
  return {
    lines: [
      `    ${mark} ${name}`,
      palette.dim(hanging('        ', aboutText(drift, options), width)),
      ...(same === undefined || isGone ? [] : [palette.dim(`        the same as in ${same}`)]),
      ...body.slice(0, limit),
      ...(more > 0 ? [palette.dim(`        … ${counted(more, 'more line', 'more lines')}`)] : []),
    ],
    isCut: more > 0,
  }
}

function aboutText({change, by, fate}: Drift, {nowMs}: ChangeOptions): string {
  const who = by.map(({name, at}) => {
    const ago = at === undefined ? '' : ` ${agoText(nowMs - Date.parse(at))}`
    return `by ${printable(name)}${ago}`
  })
  const how = change.kind === 'removed' ? 'deleted' : listed(who)
  return [how, fateText(fate, change.restartsPods)].filter(Boolean).join('; ')
}

function fateText(fate: Drift['fate'], restartsPods: boolean): string {
  if (fate.kind === 'removed') return 'this removes the object'
  if (fate.kind === 'undone') return `this undoes it${restartsPods ? ', which restarts its pods' : ''}`
  return fate.why === 'release-unchanged'
    ? 'stays, since nothing else of this release changes'
    : 'stays, since helm does not look at live objects of this kind'
}
