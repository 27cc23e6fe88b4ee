import {workloadsOf} from '../diff/images.ts'
import type {ReleaseFacts} from './facts.ts'
import type {FallbackStep, ReleaseStep} from './plan.ts'

/** How the steps of a stage are taken back: the recorded revisions, in reverse order; first installs are removed. */
export function fallbackOf(steps: readonly ReleaseStep[], releases: readonly ReleaseFacts[]): FallbackStep[] {
  return steps.toReversed().map(({release, timeoutMs}) => {
    const deployed = releases.find(
      one => one.name === release.name && one.namespace === release.namespace,
    )?.deployed
    return deployed === undefined
      ? {kind: 'uninstall', release, timeoutMs}
      : {
          kind: 'rollback',
          release,
          toRevision: deployed.revision,
          workloads: workloadsOf(deployed.objects),
          timeoutMs,
        }
  })
}
