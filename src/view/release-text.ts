import {imageName, shortImage, tagOf} from '../diff/images.ts'
import type {ImageChange, ReleaseStep, Stage} from '../plan/plan.ts'
import {type ChangeOptions, changesText} from './change-text.ts'
import {padEnd} from './layout.ts'

/** One release of a stage: what it was, what it becomes, what restarts, and the differences. */
export function releaseText(
  step: ReleaseStep,
  stage: Stage,
  options: ChangeOptions,
): {lines: string[]; isCut: boolean} {
  const changes = changesText(step.changes, step.images, options)
  return {
    lines: [
      `  ${options.palette.bold(step.release.name)} ${options.palette.dim(`· ${actionText(step, stage)}`)}`,
      ...imageLines(step.images, options),
      ...chartLine(step),
      ...restartsLine(step),
      ...changes.lines,
    ],
    isCut: changes.isCut,
  }
}

function actionText({action, release}: ReleaseStep, stage: Stage): string {
  switch (action.kind) {
    case 'install': {
      const isUninstalled = stage.fallback.some(
        step => step.kind === 'uninstall' && step.release.name === release.name,
      )
      return `first installation${isUninstalled ? ', uninstalled again if it fails' : ''}`
    }
    case 'upgrade':
      return action.fromRevision === undefined ? 'upgrade' : `upgrade of revision ${action.fromRevision}`
    case 'rollback':
      return `back to revision ${action.toRevision}${action.fromRevision === undefined ? '' : ` from ${action.fromRevision}`}`
    case 'uninstall':
      return 'uninstalled'
  }
}

const LABEL = '    image  '

function imageLines(images: readonly ImageChange[], options: ChangeOptions): string[] {
  const distinct = [...new Map(images.map(image => [`${image.before} ${image.after}`, image])).values()]
  const names = distinct.map(nameOf)
  const column = Math.max(...names.map(name => name.length))
  return distinct.flatMap((image, index) => {
    const lead = index === 0 ? LABEL : ' '.repeat(LABEL.length)
    const name = names[index] ?? ''
    const onOneLine = `${lead}${padEnd(name, column)}  ${tagsText(image)}`
    const lines =
      onOneLine.length <= options.width
        ? [onOneLine]
        : [lead + name, ' '.repeat(LABEL.length) + tagsText(image)]
    return lines.map(line => line.replace('→', options.palette.bold('→')))
  })
}

/** One name where only the tag differs. */
function nameOf({before, after}: ImageChange): string {
  if (before === undefined || after === undefined) return imageName(after ?? before ?? '')
  return imageName(before) === imageName(after) ? imageName(after) : ''
}

function tagsText({before, after}: ImageChange): string {
  if (before === undefined) return `${tagOf(after ?? '')} (new)`
  if (after === undefined) return `${tagOf(before)} (no longer used)`
  if (imageName(before) === imageName(after) && tagOf(before) !== tagOf(after))
    return `${tagOf(before)} → ${tagOf(after)}`
  return `${shortImage(before)} → ${shortImage(after)}`
}

function chartLine({chart, action}: ReleaseStep): string[] {
  const {before, after} = chart
  if (action.kind === 'uninstall' || after.name === '') return []
  if (before === undefined) return [`    chart  ${after.name} ${after.version}`]
  if (before.name === after.name && before.version === after.version) return []
  const old = before.name === after.name ? before.version : `${before.name} ${before.version}`
  return [
    `    chart  ${after.name === before.name ? `${after.name} ` : ''}${old} → ${after.name === before.name ? '' : `${after.name} `}${after.version}`,
  ]
}

function restartsLine({changes}: ReleaseStep): string[] {
  const restarted = changes.filter(change => change.restartsPods && change.kind === 'changed')
  if (restarted.length > 0 || changes.some(change => change.restartsPods)) return []
  return changes.length === 0
    ? ['    pods   none is restarted: no object changes']
    : [`    pods   none is restarted`]
}
