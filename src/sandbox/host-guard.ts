import {stat} from 'node:fs/promises'
import {DeployError} from '../errors.ts'

/** What only a real deploy host has. */
const SIGNS = ['/etc/helmfile-defaults', '/srv/deployment-charts/helmfile.d']

/** Refuse to play on a machine that deploys to production. */
export async function refuseDeployHost(signs: readonly string[] = SIGNS): Promise<void> {
  for (const sign of signs) {
    const isThere = await stat(sign).then(
      () => true,
      () => false,
    )
    if (!isThere) continue
    throw new DeployError('usage', `start a sandbox: this looks like a real deploy host, it has ${sign}`, {
      hint: 'Start it on your own computer; or, when you are sure: deploy sandbox up --force',
    })
  }
}
