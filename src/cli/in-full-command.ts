import {givenText, hideGiven} from '../plan/given.ts'
import type {GivenValue} from '../plan/intent.ts'
import type {InFull} from '../view/in-full.ts'

/** What was asked for, as flags. */
export type AskedFlags = {
  /** What kind of plan the command makes; a deployment's unless it says so. */
  verb?: InFull['verb']
  env: readonly string[]
  given: readonly GivenValue[]
  version?: readonly string[] | undefined
  selector?: readonly string[] | undefined
  to?: string | undefined
  'image-only'?: boolean | undefined
  run?: string | undefined
}

/** The command that shows the same plan, whole, and changes nothing. */
export function inFullCommand(service: string, flags: AskedFlags): InFull {
  const {verb = 'diff', env, given} = flags
  const isEverywhere = (verb === 'resume' || verb === 'abort') && env.join() === 'all'
  const words = [
    'deploy',
    verb,
    service,
    ...(isEverywhere ? [] : ['-e', env.join(',')]),
    ...(flags.selector ?? []).flatMap(selector => ['-l', selector]),
    ...(flags.version ?? []).flatMap(version => ['--version', version]),
    ...(flags.to === undefined ? [] : ['--to', flags.to]),
    ...(flags.run === undefined ? [] : ['--run', flags.run]),
    ...(flags['image-only'] ? ['--image-only'] : []),
    ...hideGiven(given.map(givenText), text => text),
    ...(verb === 'diff' ? [] : ['--dry-run']),
  ]
  return {verb, command: words.join(' ')}
}

/** With the version that stands behind the name. */
export function withVersion<Flags extends Pick<AskedFlags, 'version'>>(
  flags: Flags,
  named: string | undefined,
): Flags {
  return named === undefined ? flags : {...flags, version: [named]}
}
