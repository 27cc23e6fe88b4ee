import {type ExecInPod, execArgs} from '../cluster/exec.ts'
import {DeployError} from '../errors.ts'
import type {PlacedPod} from '../flow/logs-find.ts'
import {pickPodForShell} from '../flow/shell.ts'
import type {World} from '../flow/world.ts'
import type {GivenValue} from '../plan/intent.ts'
import {runOnTerminal} from '../tools/exec.ts'
import {findProgram} from '../tools/find-program.ts'
import type {BaseFlags} from './base-command.ts'
import {openHost} from './host.ts'
import {withLive} from './live-session.ts'
import {withCharts} from './open-charts.ts'
import {inReadSession} from './read-session.ts'

export type ShellSessionRequest = {
  name: string | undefined
  environment: string
  selectors: readonly string[]
  pod: string | undefined
  container: string | undefined
  /** What its helmfile cannot do without. */
  given: readonly GivenValue[]
  /** None: a shell. */
  command: readonly string[]
}

type Found = {pod: PlacedPod; kubectl: string; env: World['toolEnv']}

/**
 * Run a command, or a shell, in one of a service's pods; everything else is closed by then.
 * @returns kubectl's exit code, which is the command's own
 * @throws DeployError `usage` when a shell is wanted and there is no terminal for it
 */
export async function runInPod(flags: BaseFlags, request: ShellSessionRequest): Promise<number> {
  const hasTerminal = Boolean(process.stdin.isTTY && process.stdout.isTTY)
  if (!hasTerminal && request.command.length === 0) {
    throw new DeployError('usage', 'open a shell: there is no terminal here.', {
      hint: 'Say what to run: deploy shell NAME -e ENV -- COMMAND.',
    })
  }
  const {pod, kubectl, env} = await find(flags, request)
  const args = execArgs(execOf(pod, request, hasTerminal))
  process.stderr.write(`${aboutPod(pod)}\n`)
  return (await runOnTerminal(kubectl, args, {env})) ?? 1
}

async function find(flags: BaseFlags, request: ShellSessionRequest): Promise<Found> {
  const host = await openHost(flags)
  const wanted = {
    environments: [request.environment],
    selectors: request.selectors,
    identity: 'deployer',
  } as const
  const look = async (world: World) => {
    const kubectl = await findProgram('kubectl', world.toolEnv.PATH ?? '')
    if (kubectl === undefined) throw missingKubectl()
    const env = world.toolEnv
    return withLive(wanted, world, async ({environments}) => {
      const [place] = environments
      if (environments.length !== 1 || place === undefined) throw severalEnvironments(request.environment)
      return {pod: await pickPodForShell(world.service.name, place, request), kubectl, env}
    })
  }
  return withCharts(host, charts => inReadSession(charts, request.name, look, {given: request.given}))
}

function execOf(pod: PlacedPod, {command}: ShellSessionRequest, hasTerminal: boolean): ExecInPod {
  return {
    kubeconfig: pod.place.kubeconfig,
    namespace: pod.namespace,
    pod: pod.name,
    container: pod.container,
    command: command.length === 0 ? ['sh'] : command,
    hasTerminal,
  }
}

function aboutPod(pod: PlacedPod): string {
  const version = pod.isNewest ? 'the newest version' : 'an older version'
  const state = pod.isReady ? 'ready' : pod.state
  return `${pod.place.name}: ${pod.name} (release ${pod.release}, ${version}, ${state}), container ${pod.container}`
}

function severalEnvironments(word: string): DeployError {
  return new DeployError('usage', `open a shell in ${word}: that is several environments.`, {
    hint: 'Name one of them: -e ENV.',
  })
}

function missingKubectl(): DeployError {
  return new DeployError('bug', 'run kubectl: there is no kubectl on the PATH.', {
    hint: 'Install kubectl, or try deploy doctor.',
  })
}
