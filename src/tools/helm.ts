import {basename} from 'node:path'
import {DeployError, ToolError} from '../errors.ts'
import type {ReleaseRef} from '../plan/facts.ts'
import type {FallbackStep} from '../plan/plan.ts'
import {complaintOf} from './complaint.ts'
import {exec, type ExecResult} from './exec.ts'
import {findProgram} from './find-program.ts'
import type {KubeconfigRef} from './helmfile-state.ts'
import type {KnownHelms} from './known-helms.ts'
import {diskFault} from './tool-fault.ts'

/** One helm program, with the environment it runs in. */
export type Helm = {
  path: string
  /** What it says of itself, '' where it says nothing. Asked once. */
  version: () => Promise<string>
  env: Readonly<Record<string, string | undefined>>
  onCommand: (words: readonly string[]) => void
  /** Hides private values in what it says. */
  mask: (text: string) => string
}

/**
 * Find the helm that a helmfile names.
 * @throws DeployError when it is not on the PATH, naming it
 */
export async function openHelm(
  name: string,
  {env, onCommand, mask, helms}: Pick<Helm, 'env' | 'onCommand' | 'mask'> & {helms: KnownHelms},
): Promise<Helm> {
  const path = await findProgram(name, env.PATH ?? process.env.PATH ?? '')
  if (path === undefined) {
    throw new DeployError('bug', `run helm: the helmfile asks for ${name}, and it is not on the PATH.`, {
      hint: `Install ${name}, or try deploy doctor.`,
    })
  }
  let version: Promise<string> | undefined
  // One that could not start now may do so when it matters.
  const forgetting = (said: string) => {
    if (said === '') version = undefined
    return said
  }
  const ask = async () => {
    const {failed, stdout} = await exec(path, ['version', '--short'], {env, detached: true})
    return failed ? '' : stdout.trim()
  }
  return {
    path,
    version: () => (version ??= helms.versionOf(path, ask).then(forgetting)),
    env,
    onCommand,
    mask,
  }
}

/** `nothing`: without the cluster, for what only needs a look at the render. */
export type RenderedAgainst = 'nothing' | 'install' | 'upgrade'

// `--validate` tells the chart the cluster's version and kinds. The schema is left to the strict dry run of every changed
// object (flow/validate.ts): fetching and parsing it costs helm 0.3 s of a core for each release.
const withCluster = ['--validate', '--disable-openapi-validation']
const renderFlags: Record<RenderedAgainst, readonly string[]> = {
  nothing: [],
  install: withCluster,
  upgrade: [...withCluster, '--is-upgrade'],
}

const RENDER_HINT =
  'Correct the chart or its values, as named above; --show-commands shows how to run helm by hand.'

/**
 * Render one release as helm would store it.
 * @param argv what helmfile called helm with: `template NAME CHART …`
 * @throws ToolError `bad-render` with helm's own message
 */
export async function renderRelease(
  helm: Helm,
  argv: readonly string[],
  against: RenderedAgainst,
  doing: string,
): Promise<string> {
  const args = [...argv, ...renderFlags[against]]
  return (await succeed(helm, args, doing, RENDER_HINT)).stdout
}

export async function rollbackRelease(
  helm: Helm,
  release: ReleaseRef,
  toRevision: number,
  kubeconfig: KubeconfigRef,
): Promise<void> {
  const args = ['rollback', release.name, String(toRevision), ...targetArgs(release, kubeconfig)]
  await succeed(helm, args, `roll ${release.name} back to revision ${toRevision}`)
}

export async function uninstallRelease(
  helm: Helm,
  release: ReleaseRef,
  kubeconfig: KubeconfigRef,
): Promise<void> {
  await succeed(
    helm,
    ['uninstall', release.name, ...targetArgs(release, kubeconfig)],
    `remove ${release.name}`,
  )
}

/** What a person types to do the same by hand. */
export function undoCommand(helm: Pick<Helm, 'path'>, step: FallbackStep, kubeconfig: KubeconfigRef): string {
  const words =
    step.kind === 'uninstall'
      ? ['uninstall', step.release.name]
      : ['rollback', step.release.name, step.toRevision]
  return [helm.path.split('/').at(-1), ...words, ...targetArgs(step.release, kubeconfig)].join(' ')
}

function targetArgs(release: ReleaseRef, kubeconfig: KubeconfigRef): string[] {
  return [
    ...(release.namespace === '' ? [] : ['--namespace', release.namespace]),
    ...(kubeconfig.path === undefined ? [] : ['--kubeconfig', kubeconfig.path]),
    ...(kubeconfig.context === undefined ? [] : ['--kube-context', kubeconfig.context]),
  ]
}

/** @throws ToolError with helm's own message */
export async function succeed(
  helm: Helm,
  args: readonly string[],
  doing: string,
  hint?: string,
): Promise<ExecResult> {
  showCall(helm, args)
  const result = await exec(helm.path, args, {env: helm.env, detached: true})
  if (!result.failed) return result
  // Hidden before it is cut: of half a value nobody could tell what it is.
  const stderrTail = complaintOf(helm.mask(result.stderr))
  const ofDisk = diskFault(doing, stderrTail)
  if (ofDisk !== undefined) throw ofDisk
  throw new ToolError(
    /connection refused|no such host|i\/o timeout|cluster unreachable/i.test(stderrTail)
      ? 'unreachable'
      : 'bad-render',
    `${doing}: ${stderrTail}`,
    {
      tool: 'helm',
      toolExitCode: result.exitCode,
      stderrTail,
      ...(hint === undefined ? {} : {hint}),
    },
  )
}

/** For `--show-commands`: what a person would type. */
export function showCall(helm: Helm, args: readonly string[]): void {
  helm.onCommand([basename(helm.path), ...shownArgs(args)])
}

// `--set password=…` is how helmfile passes some Secrets.
function shownArgs(args: readonly string[]): string[] {
  return args.map((arg, index) =>
    /^--set(-\w+)?$/.test(args[index - 1] ?? '')
      ? arg.replace(/=.*/s, '=…')
      : arg.replace(/^(--set(?:-\w+)?=[^=]+=).*/s, '$1…'),
  )
}
