import type {Facts, ReleaseFacts} from './facts.ts'
import type {Refusal, Repair} from './plan.ts'

/** A release that helm was changing, whoever ran it, when it was ended; or that it is changing just now. */
export function isPending({latest}: Pick<ReleaseFacts, 'latest'>): boolean {
  return latest?.status.startsWith('pending-') ?? false
}

/** How a release that helm left pending is put right: by the revision that was deployed last. */
export function repairOf({latest, deployed}: Pick<ReleaseFacts, 'latest' | 'deployed'>): Repair | undefined {
  if (latest === undefined || !isPending({latest})) return undefined
  const {status, revision} = latest
  if (deployed !== undefined) return {kind: 'rollback', status, toRevision: deployed.revision}
  // What failed before is better than nothing: whoever uninstalls a release takes its volumes away, too.
  return status === 'pending-install' || revision === 1
    ? {kind: 'uninstall', status}
    : {kind: 'rollback', status, toRevision: revision - 1}
}

/**
 * Releases that somebody else may be changing just now. helm waits as long as the release's timeout allows; a change that is older than
 * that was cut off, and so was one of a run that is gone on with.
 */
export function pendingRefusals(facts: Facts, timeoutMs: number | undefined): Refusal[] {
  return young(facts, timeoutMs).map(({environment, release, leftMs}) => {
    const {name, namespace, latest} = release
    const repair = repairOf(release)
    const words = repair?.kind === 'rollback' ? `rollback ${name} ${repair.toRevision}` : `uninstall ${name}`
    return {
      exitKind: 'declined',
      message: `${environment}: ${name} is ${latest?.status} (revision ${latest?.revision}): another change is under way, or one was cut off.`,
      hint: `${waitText(leftMs)} If nobody is at work: helm ${words} -n ${namespace}`,
    }
  })
}

/** The same for a person, who can know. */
export function pendingWarnings(facts: Facts, timeoutMs: number | undefined): string[] {
  return young(facts, timeoutMs).map(
    ({environment, release: {name, latest}}) =>
      `${environment}: ${name} has been ${latest?.status} for ${Math.round((latest?.ageMs ?? 0) / 1000)} s: say no if somebody is changing it just now.`,
  )
}

function young(facts: Facts, timeoutMs: number | undefined) {
  return facts.environments.flatMap(environment =>
    environment.releases
      .filter(release => isPending(release) && release.begun === undefined)
      .map(release => ({
        environment: environment.name,
        release,
        leftMs: (timeoutMs ?? release.timeoutMs) - (release.latest?.ageMs ?? 0),
      }))
      .filter(({leftMs}) => leftMs > 0),
  )
}

function waitText(leftMs: number): string {
  const left = leftMs > 90_000 ? `${Math.ceil(leftMs / 60_000)} min` : `${Math.ceil(leftMs / 1000)} s`
  return `It counts as cut off in ${left}, and is repaired then.`
}
