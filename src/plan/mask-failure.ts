import type {Failure} from './events.ts'

/** Every text of a failure that comes from programs or the cluster, with private values masked; our own words stay. */
export function maskFailure(failure: Failure, mask: (text: string) => string): Failure {
  switch (failure.kind) {
    case 'doomed':
      return {
        ...failure,
        doom: {...failure.doom, evidence: mask(failure.doom.evidence)},
        logs: failure.logs.map(mask),
      }
    case 'helm-failed':
    case 'helmfile-failed':
      return {...failure, message: mask(failure.message)}
    case 'timed-out':
    case 'interrupted':
    case 'infrastructure':
    case 'changed-by-others':
    case 'outdated':
    case 'not-as-recorded':
      return failure
  }
}
