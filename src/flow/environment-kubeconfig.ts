import {access, constants} from 'node:fs/promises'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import type {KubeconfigRef} from '../tools/helmfile-state.ts'

/** What keeps it from being read; nothing when it can be. */
export async function unreadableKubeconfig(ref: KubeconfigRef): Promise<DeployError | undefined> {
  if (ref.path === undefined) return undefined
  const code = await access(ref.path, constants.R_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (code === undefined) return undefined
  return code === 'ENOENT'
    ? new DeployError('unreachable', `there is no kubeconfig ${ref.path} here`, {
        hint: 'Run this on the deploy host, or try deploy doctor.',
      })
    : new DeployError('forbidden', `read the kubeconfig ${ref.path}: you may not read this file`, {
        hint: 'Ask to be added to the group that owns it (ls -l shows which).',
      })
}

/** Without one in the helmfile it is kubectl's usual place; $KUBECONFIG never decides. */
export function kubeconfigPath(ref: KubeconfigRef): string {
  return ref.path ?? join(process.env.HOME ?? '', '.kube', 'config')
}

export function contextOf(ref: KubeconfigRef): {context?: string} {
  return ref.context === undefined ? {} : {context: ref.context}
}
