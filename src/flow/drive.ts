import {DeployError} from '../errors.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {ReleaseStep, Stage} from '../plan/plan.ts'
import {releaseKey} from '../plan/release-ref.ts'
import {type Apply, type ApplyEnd, type ApplyListener, type ApplyReport, startApply} from '../tools/apply.ts'
import {setHelmVersion} from '../tools/capture.ts'
import {rollbackRelease, uninstallRelease} from '../tools/helm.ts'
import type {EnvironmentSite} from './open-environment.ts'

/** Get the stage's steps ready to begin: forward through helmfile, back through helm by the recorded revision. */
export async function startSteps(
  stage: Stage,
  site: EnvironmentSite,
  listener: ApplyListener,
): Promise<Apply> {
  const forward = stage.steps.filter(({action}) => action.kind === 'install' || action.kind === 'upgrade')
  if (forward.length === 0) return startGoingBack(stage.steps, site, listener)
  // helmfile loads its files meanwhile; it asks when that is done.
  const telling = tellVersion(site)
  telling.catch(() => {})
  const apply = await startApply(site.launcherSite, {
    environment: stage.environment,
    selectors: stage.selectors,
    planned: forward.map(step => step.release),
    keys: site.launcherKeys,
    held: forward.filter(step => step.isHeld).map(step => step.release),
    ...listener,
  })
  await telling.catch(async (error: unknown) => {
    await apply.stop(0)
    throw error
  })
  const written = stage.steps.filter(({action}) => action.kind === 'verify')
  return written.length === 0 ? apply : afterWritten(written, apply, listener.onReport)
}

async function tellVersion({helm, launcherSite}: EnvironmentSite): Promise<void> {
  const version = await helm.version()
  if (version === '')
    throw new DeployError('bug', `ask ${helm.path} for its version: it does not say.`, {
      hint: `Try ${helm.path} version --short, or deploy doctor.`,
    })
  await setHelmVersion(launcherSite, version)
}

// What is written already needs no helmfile; what others need of it is waited for before helmfile begins with them.
function afterWritten(
  written: readonly ReleaseStep[],
  apply: Apply,
  onReport: (report: ApplyReport) => void,
): Apply {
  const awaited = new Set(written.filter(step => step.isHeld).map(step => releaseKey(step.release)))
  return {
    ...apply,
    async begin() {
      for (const {release} of written) reportDone(release, onReport)
      if (awaited.size === 0) await apply.begin()
    },
    async decide(release, verdict) {
      if (!awaited.has(releaseKey(release))) return apply.decide(release, verdict)
      if (verdict === 'ready') awaited.delete(releaseKey(release))
      if (awaited.size === 0) await apply.begin()
    },
  }
}

function reportDone(release: ReleaseRef, onReport: (report: ApplyReport) => void): void {
  onReport({kind: 'started', release, atMs: Date.now()})
  onReport({kind: 'finished', release, atMs: Date.now(), exitCode: 0, stderr: ''})
}

// One release after the other, in the plan's order; a failure does not keep the others from going back.
function startGoingBack(
  steps: readonly ReleaseStep[],
  site: EnvironmentSite,
  listener: ApplyListener,
): Apply {
  let isStopped = false
  const begun = Promise.withResolvers<void>()
  const run = async (): Promise<ApplyEnd> => {
    await begun.promise
    let exitCode = 0
    for (const step of steps) {
      if (isStopped) break
      exitCode ||= await goBack(step, site, listener)
    }
    return {exitCode, signal: undefined, output: ''}
  }
  const done = run()
  return {
    done,
    begin: async () => begun.resolve(),
    decide: async () => {},
    stop: async () => {
      isStopped = true
      begun.resolve()
      return done
    },
  }
}

async function goBack(
  step: ReleaseStep,
  site: EnvironmentSite,
  {onReport, mayBegin}: ApplyListener,
): Promise<number> {
  const {release} = step
  if (step.action.kind !== 'verify' && !(await mayBegin(release))) return 1
  onReport({kind: 'started', release, atMs: Date.now()})
  try {
    await act(step, release, site)
    onReport({kind: 'finished', release, atMs: Date.now(), exitCode: 0, stderr: ''})
    return 0
  } catch (error) {
    const stderr = error instanceof DeployError ? error.message : String(error)
    onReport({kind: 'finished', release, atMs: Date.now(), exitCode: 1, stderr})
    return 1
  }
}

async function act({action}: ReleaseStep, release: ReleaseRef, site: EnvironmentSite): Promise<void> {
  if (action.kind === 'rollback')
    await rollbackRelease(site.helm, release, action.toRevision, site.kubeconfig)
  if (action.kind === 'uninstall') await uninstallRelease(site.helm, release, site.kubeconfig)
}
