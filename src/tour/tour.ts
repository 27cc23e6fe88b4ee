import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import {PACKAGE_ROOT} from '../sandbox/paths.ts'
import {pushToSandbox} from '../sandbox/registry.ts'
import {sandboxUp} from '../sandbox/up.ts'
import {exec, runOnTerminal} from '../tools/exec.ts'

type Step = {
  /** What is about to be shown, and how long it takes. */
  title: string
  args: readonly string[]
  /** The end that the step is there to show. */
  expectedExit: number
}

const charts = join(PACKAGE_ROOT, 'deployment-charts-example')
const binary = join(PACKAGE_ROOT, 'bin', 'deploy')

/**
 * Show the main job on the sandbox: staging, production with the canary first, a version that crashes.
 * Each step is the real command, run as a user runs it.
 */
export async function tour(sandbox: string, nowMs: number, say: (line: string) => void): Promise<void> {
  say(
    'The sandbox: three real Kubernetes clusters on this computer (10 s; the first time its tools are built, about 15 min).',
  )
  await sandboxUp({name: sandbox, env: process.env, report: say})
  const env = {DEPLOY_SANDBOX: sandbox}
  const tags = tagsAt(nowMs)
  // As a CI would have done by now.
  for (const tag of Object.values(tags)) await pushToSandbox(sandbox, process.env, `wikimedia/shop:${tag}`)
  const steps = [...((await isInstalled(env)) ? [] : [firstInstall]), ...stepsOf(tags)]
  for (const [index, step] of steps.entries()) {
    say(`\n── ${index + 1} of ${steps.length}: ${step.title}`)
    say(`$ deploy ${step.args.join(' ')}`)
    const exitCode = await runOnTerminal(binary, step.args, {cwd: charts, env})
    if (exitCode !== step.expectedExit) throw unexpected(step, exitCode)
  }
  say(`\n${whatNext}`)
}

const firstInstall: Step = {
  title: 'what git says, everywhere, since nothing runs yet (about 25 s)',
  args: ['shop', '-e', 'all', '--yes'],
  expectedExit: 0,
}

type Tags = {good: string; bad: string}

function stepsOf({good, bad}: Tags): Step[] {
  return [
    {
      title: 'a new version to staging, its preview first (about 5 s)',
      args: ['shop', '-e', 'staging', '--version', good, '--yes'],
      expectedExit: 0,
    },
    {
      title: 'the same to production: the canaries first, then the rest (about 20 s)',
      args: ['shop', '-e', 'production', '--version', good, '--yes', '--override'],
      expectedExit: 0,
    },
    {
      title: 'a version that crashes: judged, explained and put back (about 8 s)',
      args: ['shop', '-e', 'staging', '--version', bad, '--yes'],
      expectedExit: 10,
    },
  ]
}

// New ones each time: deploying what already runs would show nothing.
function tagsAt(nowMs: number): Tags {
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
  return {good: `${stamp}-production`, bad: `${stamp}-crash`}
}

async function isInstalled(env: Record<string, string>): Promise<boolean> {
  const status = await exec(binary, ['status', 'shop', '--json'], {cwd: charts, env})
  return !status.failed && !status.stdout.includes('"releases": []')
}

function unexpected(step: Step, exitCode: number | undefined): DeployError {
  return new DeployError(
    'bug',
    `show ${step.title}: the command ended with ${exitCode ?? 'a signal'} instead of ${step.expectedExit}.`,
    {
      hint: 'What went wrong stands above. deploy sandbox status shows the clusters, deploy doctor the rest.',
    },
  )
}

const whatNext = `That was the main job. The sandbox keeps running; go on by yourself:

  cd deployment-charts-example
  export DEPLOY_SANDBOX=1 PATH="$PWD/../bin:$PATH"
  deploy status                      what runs where
  deploy diff shop -e production     what git says against what runs
  deploy shop -e production          asks before it changes anything
  deploy rollback shop -e staging    back to what was there before
  deploy shop -e staging --version 2026-11-21-080000-unpullable
                                     other failures: docs/sandbox.md
  deploy sandbox down                end it all`
