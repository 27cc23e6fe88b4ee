import type {DeployError} from '../errors.ts'
import {EXIT_CODES, isTouchedEnd} from '../exit-codes.ts'
import {isTouched, type Outcome} from './outcome.ts'

/**
 * How it ended where an unfinished run was finished first. Once that has changed a cluster, an end that says nothing was touched would
 * not be true. A person who says no to the rest has what was agreed to; whatever else stops it leaves what was asked for undone, so it is
 * paused then, and what was finished is told with why nothing came after.
 * @param finished how finishing went, which was well
 * @param then how what was asked for went after it
 * @param isDeclined somebody saw its preview and said no
 * @throws the given error where finishing had touched nothing
 */
export function endAfterFinished(
  finished: Outcome,
  action: 'deploy' | 'rollback',
  then: Outcome | DeployError,
  isDeclined: boolean,
): Outcome {
  const isError = then instanceof Error
  if (!isTouched(finished)) {
    if (isError) throw then
    return then
  }
  if (!isError && isTouchedEnd(then.kind)) return then
  if (!isError && isDeclined)
    return {
      ...finished,
      summary: `${finished.summary} The ${action} after it was declined: nothing else was changed.`,
      durationMs: then.durationMs,
    }
  const why = isError ? then.message : then.summary
  return {
    ...finished,
    kind: 'paused',
    exitCode: EXIT_CODES.paused.code,
    action,
    summary: `${finished.summary} Then the ${action} ended before it touched anything: ${why}`,
    ...(isError || then.failure === undefined ? {} : {failure: then.failure}),
    next: `Run the same ${action} again: nothing is left to resume.`,
    durationMs: isError ? finished.durationMs : then.durationMs,
  }
}
