import {imageName, shortImage, tagOf} from '../diff/images.ts'
import type {ImageChange} from '../plan/plan.ts'
import {hanging} from './layout.ts'

const LABEL = '    image  '

/** Image old → new; images that change their tag alike are told together. */
export function imageLines(images: readonly ImageChange[], width: number): string[] {
  const names = new Map<string, Set<string>>()
  for (const image of images) {
    const tags = tagsText(image)
    names.set(tags, (names.get(tags) ?? new Set()).add(nameOf(image)))
  }
  const blocks = [...names].map(([tags, named]) => block([...named].filter(Boolean).join(', '), tags, width))
  return blocks.flatMap((lines, index) =>
    index === 0 ? [LABEL + (lines[0] ?? ''), ...indented(lines.slice(1))] : indented(lines),
  )
}

function block(names: string, tags: string, width: number): string[] {
  const room = width - LABEL.length
  if (names === '') return [tags]
  if (names.length + 2 + tags.length <= room) return [`${names}  ${tags}`]
  return [...hanging('', names, room).split('\n'), tags]
}

function indented(lines: readonly string[]): string[] {
  return lines.map(line => ' '.repeat(LABEL.length) + line)
}

/** The name where only the tag differs. */
function nameOf({before, after}: ImageChange): string {
  if (before === undefined || after === undefined) return imageName(after ?? before ?? '')
  return imageName(before) === imageName(after) ? imageName(after) : ''
}

function tagsText({before, after}: ImageChange): string {
  if (before === undefined) return `${tagOf(after ?? '')} (new)`
  if (after === undefined) return `${tagOf(before)} (no longer used)`
  if (imageName(before) === imageName(after) && tagOf(before) !== tagOf(after)) {
    return `${tagOf(before)} → ${tagOf(after)}`
  }
  return `${shortImage(before)} → ${shortImage(after)}`
}
