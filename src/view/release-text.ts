import type {ReleaseStep, Stage} from '../plan/plan.ts'
import {isSameRelease} from '../plan/release-ref.ts'
import {type ChangeOptions, changesText} from './change-text.ts'
import {hooksText} from './hook-text.ts'
import {imageLines} from './image-lines.ts'
import {hanging, listed} from './layout.ts'
import {rideAlongText} from './ride-along-text.ts'

/** One release of a stage: what it was, what it becomes, what restarts, and the differences. */
export function releaseText(
  step: ReleaseStep,
  stage: Stage,
  given: ChangeOptions,
): {lines: string[]; isCut: boolean} {
  const options = {...given, ...chartLabels(step)}
  const changes = changesText(step.changes, step.images, options)
  const hooks = hooksText(step, options)
  return {
    lines: [
      `  ${options.palette.bold(step.release.name)} ${options.palette.dim(`· ${actionText(step, stage)}`)}`,
      ...repairLine(step, options),
      ...imageLines(step.images, options.width),
      ...chartLine(step),
      ...overrideLine(step, options.width),
      ...givenLine(step, options.width),
      ...rideAlongText(step.ridesAlong, options),
      ...podsLine(step, options.width),
      ...changes.lines,
      ...hooks.lines,
    ],
    isCut: changes.isCut || hooks.isCut,
  }
}

// The label that every object of a chart has, by helm's own convention.
function chartLabels({chart: {before, after}}: ReleaseStep): Pick<ChangeOptions, 'chart'> {
  if (before === undefined || before.version === after.version) return {}
  const label = ({name, version}: ReleaseStep['chart']['after']) => `${name}-${version}`.replaceAll('+', '_')
  return {chart: {before: label(before), after: label(after)}}
}

function actionText(step: ReleaseStep, stage: Stage): string {
  const image = step.imageOf === undefined ? '' : `, with the image of revision ${step.imageOf}`
  return changeText(step, stage) + image
}

function changeText({action, release}: ReleaseStep, stage: Stage): string {
  switch (action.kind) {
    case 'install': {
      const isUninstalled = stage.fallback.some(
        step => step.kind === 'uninstall' && isSameRelease(step.release, release),
      )
      return `first installation${isUninstalled ? ', uninstalled again if it fails' : ''}`
    }
    case 'upgrade':
      return action.fromRevision === undefined ? 'upgrade' : `upgrade of revision ${action.fromRevision}`
    case 'rollback':
      return `back to revision ${action.toRevision}${action.fromRevision === undefined ? '' : ` from ${action.fromRevision}`}`
    case 'uninstall':
      return 'uninstalled'
    case 'verify':
      return `as in revision ${action.toRevision} already; its health is verified`
  }
}

function repairLine({repair}: ReleaseStep, {palette, width}: ChangeOptions): string[] {
  if (repair === undefined) return []
  const how =
    repair.kind === 'rollback'
      ? `back to revision ${repair.toRevision}`
      : 'what there is of it is uninstalled'
  return [
    palette.yellow(hanging('    first  ', `${how}: helm was cut off and left it ${repair.status}`, width)),
  ]
}

function chartLine({chart, action}: ReleaseStep): string[] {
  const {before, after} = chart
  if (action.kind === 'uninstall' || after.name === '') return []
  const wanted = `${after.name} ${after.version}`
  if (before === undefined) return [`    chart  ${wanted}`]
  if (before.name !== after.name) return [`    chart  ${before.name} ${before.version} → ${wanted}`]
  return before.version === after.version
    ? []
    : [`    chart  ${after.name} ${before.version} → ${after.version}`]
}

function overrideLine({override, gitVersion}: ReleaseStep, width: number): string[] {
  if (override === undefined) return []
  const held = gitVersion === undefined ? 'another version' : gitVersion
  return [hanging('    beside ', `git, which holds ${held}`, width)]
}

function givenLine({given}: ReleaseStep, width: number): string[] {
  return given.length === 0
    ? []
    : [hanging('    with   ', `${given.join(' ')}  (git does not hold this)`, width)]
}

/** Only what is not plain from the objects: that no pod restarts, or that some are stopped. */
function podsLine({changes, recreatesPods}: ReleaseStep, width: number): string[] {
  if (recreatesPods) return ['    pods   all are deleted and start anew at once (recreatePods)']
  const stopped = changes.filter(change => change.kind === 'removed' && WORKLOADS.has(change.objectKind))
  const names = stopped.map(change => `${change.objectKind} ${change.name}`)
  if (names.length > 0) return [hanging('    pods   ', `those of ${listed(names)} are stopped`, width)]
  return changes.some(change => change.restartsPods) ? [] : ['    pods   none is restarted']
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Job'])
