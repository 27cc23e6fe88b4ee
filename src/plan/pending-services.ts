import type {ImageChange} from './plan.ts'
import type {ReleaseStatus, ServiceStatus} from './status.ts'

/** As it is read beside what git says. */
type LookedAt = ReleaseStatus & {git?: {kind: string; images?: readonly ImageChange[]}}

/** Of everything that was looked at: what a run on all that is pending means, and what it leaves out. */
export type PendingServices = {
  /** `group/name`. */
  pending: readonly string[]
  /** Sentences for a person. */
  leftOut: readonly string[]
}

/**
 * What git says and is not deployed. What runs beside git on purpose, was put back or never was deployed is nobody's to bring along: it is
 * named instead.
 */
export function pendingServices(services: readonly ServiceStatus[]): PendingServices {
  const looked = services.map(one => ({service: one.service, standing: standingOf(one)}))
  const named = (kind: Standing) =>
    looked.filter(({standing}) => standing === kind).map(({service}) => service)
  return {
    pending: named('pending'),
    leftOut: LEFT_OUT.flatMap(([kind, words]) => {
      const some = named(kind)
      return some.length === 0 ? [] : [`Left out, ${words}: ${some.join(', ')}`]
    }),
  }
}

type Standing = 'pending' | 'new' | 'as-in-git' | 'unreadable' | 'beside-git' | 'unfinished'

const LEFT_OUT: readonly [Standing, string][] = [
  ['unfinished', 'a run of it is unfinished'],
  ['beside-git', 'what runs is not from git'],
  ['new', 'it was never deployed there'],
  ['unreadable', 'it cannot be read (deploy status --pending says why)'],
]

function standingOf({environments, unfinished}: ServiceStatus): Standing {
  if (unfinished !== undefined) return 'unfinished'
  const releases: LookedAt[] = environments.flatMap(one => [...one.releases])
  if (releases.some(isBesideGit)) return 'beside-git'
  if (releases.some(({git}) => git?.kind === 'differs')) return 'pending'
  if (releases.some(({git}) => git?.kind === 'never-deployed')) return 'new'
  return releases.length === 0 ? 'unreadable' : 'as-in-git'
}

// Of a version that was put back only that very version counts: a newer one was merged to be deployed.
function isBesideGit({override, wentBack, given, rolledBack, git}: LookedAt): boolean {
  const wanted = (git?.images ?? []).flatMap(({after}) => after ?? [])
  const isPutBack = wanted.length > 0 && wanted.every(image => rolledBack?.images.includes(image))
  return override !== undefined || wentBack !== undefined || (given ?? []).length > 0 || isPutBack
}
