import {access, constants} from 'node:fs/promises'
import {basename, dirname, join} from 'node:path'
import {DeployError} from '../errors.ts'
import type {KubeconfigRef} from '../tools/helmfile-state.ts'

/** Whose kubeconfig: `anyone` makes do with the readers' one where the deployers' cannot be read. */
export type Identity = 'anyone' | 'deployer'

/**
 * The kubeconfig to look with.
 * @throws DeployError `unreachable` when there is none here, `forbidden` when it may not be read
 */
export async function kubeconfigFor(ref: KubeconfigRef, identity: Identity): Promise<string> {
  // Without one of its own helmfile leaves the choice to kubectl's usual place.
  const path = ref.path ?? join(process.env.HOME ?? '', '.kube', 'config')
  const fault = await faultOf(path)
  if (fault === undefined) return path
  const readers = identity === 'anyone' ? readersKubeconfig(path) : undefined
  if (readers !== undefined && (await faultOf(readers)) === undefined) return readers
  throw fault === 'ENOENT'
    ? new DeployError('unreachable', `there is no kubeconfig ${path} here`, {
        hint: 'Run this on the deploy host, or try deploy doctor.',
      })
    : new DeployError('forbidden', `read the kubeconfig ${path}: you may not read this file`, {
        hint: 'Ask to be added to the group that owns it (ls -l shows which).',
      })
}

/** `<ns>-deploy-<env>.config` is the deployers'; the readers' one beside it is `<ns>-<env>.config`. */
export function readersKubeconfig(path: string): string | undefined {
  const [, namespace, environment] = /^(.+)-deploy-(.+)\.config$/.exec(basename(path)) ?? []
  return namespace === undefined ? undefined : join(dirname(path), `${namespace}-${environment}.config`)
}

async function faultOf(path: string): Promise<string | undefined> {
  return access(path, constants.R_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? 'EACCES',
  )
}
