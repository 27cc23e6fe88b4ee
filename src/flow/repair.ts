import {DeployError} from '../errors.ts'
import type {Failure} from '../plan/events.ts'
import type {ReleaseStep} from '../plan/plan.ts'
import {rollbackRelease, uninstallRelease} from '../tools/helm.ts'
import type {EnvironmentSite} from './open-environment.ts'
import {keyOf, type OpenStage, type StepState} from './open-stage.ts'
import {latestRevisions} from './revisions.ts'

/**
 * Put right what helm left pending, so that it takes the next change: under the lock, once the step is recorded. From then on the
 * revision that this made is the one the step begins from.
 * @returns what kept a release from being put right; the others are
 */
export async function repairPending(open: OpenStage): Promise<Failure[]> {
  const pending = [...open.steps.values()].filter(({step}) => step.repair !== undefined)
  const failures: Failure[] = []
  for (const state of pending) failures.push(...(await repair(state, open)))
  if (pending.length === 0) return []
  const now = await latestRevisions(
    open.site,
    pending.map(({step}) => step.release),
  )
  for (const state of pending) {
    const fromRevision = now.get(keyOf(state.step.release))?.revision
    state.step = {...state.step, action: {...state.step.action, fromRevision}}
  }
  return failures
}

async function repair(state: StepState, {site, world}: OpenStage): Promise<Failure[]> {
  const {step} = state
  const {release} = step
  // From here on it is touched, whatever ends the stage.
  state.phase = 'applying'
  try {
    await act(step, site)
    world.emit({kind: 'noted', text: repairedText(step)})
    return []
  } catch (error) {
    if (!(error instanceof DeployError)) throw error
    return [{kind: 'helm-failed', release, message: error.message}]
  }
}

async function act({repair: how, release}: ReleaseStep, site: EnvironmentSite): Promise<void> {
  if (how?.kind === 'rollback') await rollbackRelease(site.helm, release, how.toRevision, site.kubeconfig)
  if (how?.kind === 'uninstall') await uninstallRelease(site.helm, release, site.kubeconfig)
}

function repairedText({release, repair: how}: ReleaseStep): string {
  const done = how?.kind === 'rollback' ? `it is back at revision ${how.toRevision}` : 'it is uninstalled'
  return `${release.name} was ${how?.status}: ${done}, and takes the next change.`
}
