import {tagOf} from '../diff/images.ts'
import type {Plan, ReleaseStep} from '../plan/plan.ts'
import {inColumns} from './columns.ts'

/** Of several environments: what each release has, and what it gets, a line for each environment and version. */
export function overviewLines({stages}: Plan, width: number): string[] {
  const environments = [...new Set(stages.map(stage => stage.environment))]
  const isAboutVersions = stages.some(stage => stage.steps.some(step => step.images.length > 0))
  if (environments.length < 2 || !isAboutVersions) return []
  const rows = environments.flatMap(environment => {
    const steps = stages.filter(stage => stage.environment === environment).flatMap(stage => stage.steps)
    const byVersion = Map.groupBy(steps, versionText)
    return [...byVersion].map(([version, same], index) => [
      index === 0 ? environment : '',
      same.map(step => step.release.name).join(', '),
      version,
    ])
  })
  return inColumns(rows, {width, lead: '  ', under: 2})
}

function versionText({images, action}: ReleaseStep): string {
  const changes = [...new Set(images.map(({before, after}) => changeText(before, after)))]
  if (changes.length > 1) return `${changes.length} images`
  if (changes[0] !== undefined) return changes[0]
  return action.kind === 'install' ? 'new' : 'the same version'
}

function changeText(before: string | undefined, after: string | undefined): string {
  if (before === undefined) return after === undefined ? 'none' : `${tagOf(after)} (new)`
  if (after === undefined) return `${tagOf(before)} (gone)`
  return before === after ? tagOf(after) : `${tagOf(before)} → ${tagOf(after)}`
}
