import {oneService} from '../charts/name-services.ts'
import {DeployError} from '../errors.ts'
import type {RunMode} from '../flow/run-plan.ts'
import type {World} from '../flow/world.ts'
import type {PlanOptions} from '../plan/guards.ts'
import type {VersionRequest} from '../plan/intent.ts'
import {parseVersion} from './typed-values.ts'
import {withVersion} from './in-full-command.ts'
import type {SessionFlags} from './session.ts'
import {selectorsOf} from './selectors.ts'

export type Deployment = {
  flags: SessionFlags & {
    selector: readonly string[]
    parallel: number
    'max-failures': number
    pending: boolean
    together?: boolean
  }
  options: PlanOptions
  mode: RunMode
  message: string | undefined
  detail: 'short' | 'full'
}

/**
 * Deploy, or preview, the services that some words mean: one by its name, or many as one run.
 * @throws DeployError `usage` for two ways of saying a version at once
 */
export async function inDeploySession(
  words: readonly string[] | undefined,
  deployment: Deployment,
): Promise<void> {
  const {flags, options, detail} = deployment
  const version = parseVersion(flags.version)
  const selectors = selectorsOf(flags.selector)
  const one = flags.pending ? undefined : oneService(words ?? [])
  const act = (mode: RunMode) => async (world: World, named: string | undefined) => {
    const {deploy} = await loadFlow()
    return deploy(
      {
        kind: 'deploy',
        services: [world.service.name],
        environments: flags.env,
        version: versionOf(version, named),
        selectors,
        message: deployment.message,
      },
      mode,
      flags.context,
      world,
    )
  }
  if (one !== undefined) {
    versionOf(version, one.version)
    const {inSession} = await import('./session.ts')
    const deployOne = act(deployment.mode)
    const named = withVersion(flags, one.version)
    await inSession(named, one.name, options, detail, world => deployOne(world, one.version), loadFlow)
    return
  }
  if (flags['wait-lock'] !== undefined)
    throw new DeployError('usage', 'read --wait-lock: it is for one service.', {
      hint: 'Of many, those that are locked are told at the end; run them again then.',
    })
  refuseUnseen(deployment.mode)
  const named = flags.pending ? await pendingOf(flags, words) : words
  const {inFleet} = await import('./fleet-session.ts')
  await inFleet({
    flags,
    words: named ?? [],
    parallel: flags.parallel,
    maxFailures: flags['max-failures'],
    isTogether: flags.together ?? false,
    isCarriedOut: deployment.mode.kind === 'carry-out' && deployment.mode.consent !== 'stop',
    options,
    detail,
    act: act(togetherMode(deployment.mode)),
  })
}

// Most of our code, and none of it is needed before the charts repository is copied.
const loadFlow = () => import('../flow/deploy.ts')

async function pendingOf(
  flags: Deployment['flags'],
  words: readonly string[] = [],
): Promise<readonly string[]> {
  if (words.length > 0)
    throw new DeployError('usage', 'read --pending: it means every service that is pending.', {
      hint: 'Name services, or say --pending.',
    })
  const {pendingWords} = await import('./status-session.ts')
  return pendingWords(
    flags,
    {environments: flags.env, given: flags.given},
    line => void process.stderr.write(`${line}\n`),
  )
}

// What finishes another run is a plan of its own, and one question is put for all.
function refuseUnseen(mode: RunMode): void {
  if (mode.kind === 'preview' || mode.consent === 'go') return
  if (mode.onUnfinished !== 'abort' && mode.onUnfinished !== 'resume') return
  throw new DeployError('usage', 'read --on-unfinished: with several services it needs --yes.', {
    hint: 'Finish the unfinished run by itself first: deploy resume NAME or deploy abort NAME.',
  })
}

// Each asks for its turn, also where `--yes` has answered: the one question is put, or not put, for all.
function togetherMode(mode: RunMode): RunMode {
  if (mode.kind === 'preview') return mode
  const onUnfinished = mode.onUnfinished === 'ask' ? 'fail' : mode.onUnfinished
  return {...mode, onUnfinished, consent: mode.consent === 'stop' ? 'stop' : 'ask', isOneOfMany: true}
}

function versionOf(asked: VersionRequest, named: string | undefined): VersionRequest {
  if (named === undefined) return asked
  if (asked.kind === 'from-git') return parseVersion([named])
  throw new DeployError('usage', 'read the version: it is given with --version and behind a name.', {
    hint: 'NAME@TAG is for that service, --version TAG for all of them.',
  })
}
