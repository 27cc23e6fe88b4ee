import type {Failure} from '../plan/events.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {FallbackStep, Stage} from '../plan/plan.ts'
import {undoCommand} from '../tools/helm.ts'
import {keyOf} from './open-stage.ts'
import type {EnvironmentSite} from './open-environment.ts'
import type {StageRun} from './stage.ts'

/** A release that was touched and is not as it was: why, and what to type. */
export type NotBack = {environment: string; release: ReleaseRef; message: string; command: string}

/** What stands where cannot even be read: the commands are all that can be given. */
export function unreachableParts(run: StageRun, site: EnvironmentSite, error: unknown): NotBack[] {
  return run.touched.map(({release}) => {
    const step = run.stage.fallback.find(one => keyOf(one.release) === keyOf(release))
    return {
      environment: run.stage.environment,
      release,
      message: (error as Error).message,
      command: step === undefined ? historyCommand(release) : undoCommand(site.helm, step, site.kubeconfig),
    }
  })
}

/** For a release that there is nothing to go back to. */
export function historyCommand({name, namespace}: ReleaseRef): string {
  return `helm history ${name} --namespace ${namespace}`
}

/** What failed while going back, as something to act on. */
export function describeNotBack(failure: Failure, stage: Stage, site: EnvironmentSite): NotBack {
  const step =
    stage.steps.find(one => 'release' in failure && keyOf(one.release) === keyOf(failure.release)) ??
    stage.steps[0]
  if (step === undefined) throw new Error(`nothing of ${stage.name} was to go back`)
  const {release, action, timeoutMs} = step
  const undo: FallbackStep =
    action.kind === 'rollback' || action.kind === 'verify'
      ? {kind: 'rollback', release, toRevision: action.toRevision, workloads: step.workloads, timeoutMs}
      : {kind: 'uninstall', release, timeoutMs}
  return {
    environment: stage.environment,
    release,
    message: messageOf(failure),
    command: undoCommand(site.helm, undo, site.kubeconfig),
  }
}

function messageOf(failure: Failure): string {
  switch (failure.kind) {
    case 'doomed':
      return failure.doom.message
    case 'timed-out':
      return `still waiting after ${Math.round(failure.timeoutMs / 1000)} s: ${failure.waitingFor.map(one => one.waitingFor).join('; ')}`
    case 'changed-by-others':
      return `someone else changed it meanwhile (revision ${failure.foundRevision ?? 'none'} instead of ${failure.expectedRevision ?? 'none'})`
    case 'outdated':
      return 'its values changed since the preview'
    case 'not-as-recorded':
      return `its manifest is not that of revision ${failure.toRevision}`
    case 'others-failed':
      return `${failure.services.join(', ')} failed`
    case 'interrupted':
      return `interrupted by ${failure.signal}`
    case 'helm-failed':
    case 'helmfile-failed':
    case 'infrastructure':
      return failure.message
    case 'lock-lost':
      return `the lock of ${failure.environment} was lost: ${failure.message}`
  }
}
