import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import {start} from '../tools/exec.ts'
import type {Kubeconfig} from './kubeconfig.ts'

export type KubectlProxy = {socketPath: string; stop(): Promise<void>}

/**
 * `kubectl proxy` on a Unix socket that only this user can reach: for kubeconfigs whose credentials only
 * kubectl can get (exec plugins). Resolves when it listens.
 */
export async function startKubectlProxy(kubeconfig: Kubeconfig, kubectl = 'kubectl'): Promise<KubectlProxy> {
  // mkdtemp makes it 0700, and short: a socket path may have about 100 characters.
  const directory = await mkdtemp(join(tmpdir(), 'deploy-kubectl-'))
  const socketPath = join(directory, 'api.sock')
  const args = ['--kubeconfig', kubeconfig.path, '--context', kubeconfig.context]
  const child = start(kubectl, [...args, 'proxy', `--unix-socket=${socketPath}`], {})
  const stop = async () => {
    child.kill('SIGTERM')
    await child
    await rm(directory, {recursive: true, force: true})
  }
  try {
    await untilListening(child)
  } catch (cause) {
    await stop()
    throw startFailed(kubeconfig, cause as Error)
  }
  return {socketPath, stop}
}

/** It says "Starting to serve on …" once the socket is there. */
function untilListening(child: ReturnType<typeof start>): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = ''
    const listen = (chunk: unknown) => {
      said += String(chunk)
      if (said.includes('Starting to serve')) resolve()
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    void child.then(ended =>
      reject(new Error(ended.code === 'ENOENT' ? 'kubectl is not on PATH' : said.slice(-500))),
    )
  })
}

function startFailed(kubeconfig: Kubeconfig, cause: Error): DeployError {
  const why = kubeconfig.auth.kind === 'kubectl' ? kubeconfig.auth.why : kubeconfig.auth.kind
  return new DeployError(
    'unreachable',
    `start kubectl proxy for ${kubeconfig.path} (it uses ${why}): ${cause.message}`,
    {hint: `kubectl --kubeconfig ${kubeconfig.path} get pods shows whether kubectl can use it`, cause},
  )
}
