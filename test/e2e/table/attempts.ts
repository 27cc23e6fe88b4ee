import type {Outcome} from '../../../src/plan/outcome.ts'
import type {Plan} from '../../../src/plan/plan.ts'
import {pushToSandbox} from '../../../src/sandbox/registry.ts'
import {deploy} from '../deploy.ts'
import {testSandbox} from '../test-sandbox.ts'

/** One command that was typed, and how it ended. */
export type Attempt = {
  args: readonly string[]
  exitCode: number
  /** What it said that it would do; none when it could not be planned. */
  plan: Plan | undefined
  outcome: Outcome | undefined
  error: {message: string; hint: string} | undefined
  /** Put into the registry before it: `wikimedia/shop:TAG`. */
  pushed: readonly string[]
}

/** Deploy; where that is refused, do what the refusal says, as a person would, until it is done or there is nothing to do about it. */
export async function followHints(args: readonly string[]): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  let next: readonly string[] | undefined = args
  let pushed: readonly string[] = []
  while (next !== undefined && attempts.length < 8) {
    const attempt: Attempt = {...(await attemptWith(next)), pushed}
    attempts.push(attempt)
    pushed = missingImages(attempt)
    for (const image of pushed) await push(image)
    if (pushed.length === 0) next = attempt.exitCode === 0 ? undefined : asTold(attempt)
  }
  return attempts
}

/** As a CI does before anyone deploys it. */
export async function push(image: string): Promise<void> {
  await pushToSandbox(testSandbox(), process.env, image)
}

export async function attemptWith(args: readonly string[]): Promise<Attempt> {
  const {stdout, exitCode = -1} = await deploy([...args, '--events'])
  const lines = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))
  const outcome: Outcome | undefined = lines.find(line => line.kind === 'run-finished')?.outcome
  const plan: Plan | undefined = lines.find(line => line.kind === 'plan-made')?.plan
  const thrown = lines.find(line => line.error !== undefined)?.error
  const refused = exitCode === 0 ? undefined : outcome && {message: outcome.summary, hint: outcome.next}
  const error = thrown ?? refused
  return {
    args,
    exitCode,
    plan,
    outcome,
    error: error && {message: error.message, hint: error.hint ?? ''},
    pushed: [],
  }
}

function missingImages({exitCode, error}: Attempt): string[] {
  if (exitCode !== 66) return []
  return [...(error?.message ?? '').matchAll(/ has no (\S+?:\S+?)\.(?=\s|$)/g)].map(match => match[1] ?? '')
}

function asTold({args, error}: Attempt): readonly string[] | undefined {
  const {message, hint} = error ?? {message: '', hint: ''}
  const [, stateKey] = /--state-values-set (\w+)=VALUE/.exec(hint) ?? []
  if (stateKey !== undefined) return [...args, '--state-values-set', `${stateKey}=false`]

  const at = args.indexOf('--version')
  const proposed = [...message.matchAll(/^ {2}--version (\S+)/gm)].map(match => match[1] ?? '')
  if (proposed.length > 0) return args.toSpliced(at, 2, ...proposed.flatMap(one => ['--version', one]))

  const [, setting] = /^ {2}--set (\S+)/m.exec(message) ?? []
  if (setting !== undefined) return args.toSpliced(at, 2, '--set', setting)

  const [, ending] = /ends in (\S+),/.exec(hint) ?? []
  if (ending !== undefined) return args.with(at + 1, `${args[at + 1]}${ending}`)

  return hint.includes('--override') && !args.includes('--override') ? [...args, '--override'] : undefined
}
