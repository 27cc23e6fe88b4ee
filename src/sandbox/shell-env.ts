import {helmEnv, quote} from './host-files.ts'
import type {SandboxPaths} from './paths.ts'

/**
 * What a shell evaluates to stand on the sandbox's "deploy host". KUBECONFIG is left alone; kube_env sets it, as on a
 * real one.
 */
export function shellEnvText(paths: SandboxPaths): string {
  const exports = {...helmEnv(paths), DEPLOY_SANDBOX: paths.name}
  return [
    `export PATH=${quote(`${paths.shell}:${paths.bin}:`)}"$PATH"`,
    ...Object.entries(exports).map(([name, value]) => `export ${name}=${quote(value)}`),
    `kube_env() { K8S_CLUSTER=$2; KUBECONFIG=${quote(paths.kubernetes)}/$1-$2.config; export K8S_CLUSTER KUBECONFIG; }`,
    '',
  ].join('\n')
}
