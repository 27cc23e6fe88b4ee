import {DeployError} from '../errors.ts'

/** The clusters of every sandbox: the environments Wikimedia's services know. */
export const CLUSTERS = ['staging', 'eqiad', 'codfw'] as const

export type Cluster = (typeof CLUSTERS)[number]

// Those that mean "no sandbox" to other commands still let one start and stop it.
const SWITCHES = new Set(['', '1', 'true', 'yes', '0', 'false', 'no'])

/** The sandbox that DEPLOY_SANDBOX names; as a mere switch (1, true, yes) it means the one called default. */
export function sandboxName(value: string | undefined): string {
  const name = SWITCHES.has((value ?? '').toLowerCase()) ? 'default' : (value ?? '')
  if (/^[a-z0-9][a-z0-9-]{0,30}$/.test(name)) return name
  throw new DeployError('usage', `read DEPLOY_SANDBOX: '${name}' is no name for a sandbox`, {
    hint: 'Use small letters, digits and dashes, for instance DEPLOY_SANDBOX=demo',
  })
}
