import {workloadsOf} from '../diff/images.ts'
import type {ReleaseFacts} from './facts.ts'
import type {FallbackStep, ReleaseStep} from './plan.ts'

/** How the steps of a stage are taken back: the recorded revisions, in reverse order; first installs are removed. */
export function fallbackOf(steps: readonly ReleaseStep[], releases: readonly ReleaseFacts[]): FallbackStep[] {
  return steps.toReversed().flatMap(({release, timeoutMs}): FallbackStep[] => {
    const found = releases.find(one => one.name === release.name && one.namespace === release.namespace)
    const {before: deployed, isFirst} = found?.begun ?? {
      before: found?.deployed,
      isFirst: found?.latest === undefined,
    }
    // What was there before us and never was healthy is not ours to remove.
    if (deployed === undefined && !isFirst) return []
    return deployed === undefined
      ? [{kind: 'uninstall', release, timeoutMs}]
      : [
          {
            kind: 'rollback',
            release,
            toRevision: deployed.revision,
            workloads: workloadsOf(deployed.objects),
            timeoutMs,
          },
        ]
  })
}
