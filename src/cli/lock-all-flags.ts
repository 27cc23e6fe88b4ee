import {Flags} from '@oclif/core'
import {DeployError} from '../errors.ts'
import {failedParts} from '../view/lock-text.ts'

export const allFlag = Flags.boolean({description: 'every service of the environments'})

/** @throws DeployError `usage` where --all has a name beside it */
export function refuseName(name: string | undefined): void {
  if (name === undefined) return
  throw new DeployError('usage', `read --all: ${name} is named as well, and --all is every service.`, {
    hint: 'Leave one of them out.',
  })
}

/** @throws DeployError what the first of them failed with, naming them all */
export function refuseParts(
  verb: 'lock' | 'unlock',
  failed: readonly {service: string; error: DeployError}[],
): void {
  const [first] = failed
  if (first === undefined) return
  const {exitKind, hint = ''} = first.error
  const message = `${verb} everything: ${failedParts(failed)} could not be ${verb}ed; the others are.`
  throw new DeployError(exitKind, message, {hint})
}
