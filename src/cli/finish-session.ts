import {finish} from '../flow/finish.ts'
import type {FinishIntent} from '../plan/intent.ts'
import {consentOf, goingBackOptions, runModeOf} from './consent.ts'
import {listOf, parseValues} from './typed-values.ts'
import {inSession, type SessionFlags} from './session.ts'

export type FinishFlags = Omit<SessionFlags, 'given'> &
  Parameters<typeof parseValues>[0] &
  Parameters<typeof consentOf>[0] &
  Parameters<typeof runModeOf>[0] & {run?: string | undefined; message?: string | undefined}

/** Go on with, or undo, an unfinished run: both find it by the same words, and ask in the same way. */
export async function inFinishSession(
  kind: FinishIntent['kind'],
  name: string | undefined,
  flags: FinishFlags,
): Promise<void> {
  const env = listOf(flags.env)
  const consent = consentOf(flags)
  const intent = {kind, environments: env, runId: flags.run, message: flags.message}
  await inSession(
    {...flags, env, given: parseValues(flags), verb: kind},
    name,
    goingBackOptions(consent, {retry: true}),
    flags['dry-run'] ? 'full' : 'short',
    world => finish(intent, runModeOf(flags, consent), flags.context, world),
  )
}
