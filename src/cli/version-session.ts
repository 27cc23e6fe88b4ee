import {readFile, rename, stat, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {createTwoFilesPatch} from 'diff'
import {DeployError} from '../errors.ts'
import {editVersions, type FileEdit} from '../flow/edit-versions.ts'
import {readVersions, type WrittenVersion} from '../flow/versions.ts'
import type {World} from '../flow/world.ts'
import type {VersionRequest} from '../plan/intent.ts'
import {alreadyText} from '../version/already.ts'
import type {BaseFlags} from './base-command.ts'
import {isTerminal} from './consent.ts'
import {isInService, openHost} from './host.ts'
import {withCharts} from './open-charts.ts'
import {inReadSession, type ServiceRequest} from './read-session.ts'

export type VersionAsked = ServiceRequest & {
  selectors: readonly string[]
}

/** Where git has the versions of a service. */
export async function versionsOf(flags: BaseFlags, asked: VersionAsked): Promise<WrittenVersion[]> {
  const host = await openHost(flags)
  const look = (world: World) => readVersions(asked.environments, asked.selectors, world)
  return withCharts(host, charts => inReadSession(charts, asked.name, look, asked))
}

/**
 * Write a version into the charts repository one stands in, after showing the difference.
 * @returns what is to be said at the end
 * @throws DeployError `declined`, with nothing written
 */
export async function setVersion(
  flags: BaseFlags & {yes: boolean},
  asked: VersionAsked,
  version: VersionRequest,
  say: (text: string) => void,
): Promise<string> {
  const host = await openHost(flags)
  const look = async (world: World) => ({
    edits: await editVersions(asked.environments, asked.selectors, version, world),
    already: alreadyText(world.tree, world.service),
  })
  const {edits, already} = await withCharts(host, charts => {
    if (asked.name === undefined && !isInService(host)) throw noService()
    return inReadSession(charts, asked.name, look, {given: asked.given, asksRegistry: true})
  })
  if (edits.length === 0) return already
  for (const {file, before, after} of edits)
    say(
      createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, '', '', {context: 2})
        .split('\n')
        .slice(1)
        .join('\n'),
    )
  await agree(flags.yes, host.chartsRoot)
  for (const edit of edits) await write(edit, host.chartsRoot)
  const files = edits.map(edit => edit.file).join(' ')
  return `Written. Commit and publish it: git -C ${host.chartsRoot} commit -m "…" -- ${files}`
}

function noService(): DeployError {
  return new DeployError(
    'usage',
    'write a version: a service and its TAG are wanted, and there is one word.',
    {
      hint: 'Use deploy version set NAME TAG, or stand in helmfile.d/GROUP/NAME.',
    },
  )
}

async function agree(isAgreed: boolean, root: string): Promise<void> {
  if (isAgreed) return
  if (!isTerminal())
    throw new DeployError('declined', 'write the version: there is no terminal to ask on.', {
      hint: 'Say --yes.',
    })
  const {askYesNo} = await import('../view/ask.ts')
  const signal = new AbortController().signal
  const isYes = await askYesNo(`Write this into ${root}?`, {
    input: process.stdin,
    output: process.stderr,
    signal,
  })
  if (!isYes) throw new DeployError('declined', 'Nothing was written.')
}

// Whole or not at all, and only where the file is still what was shown.
async function write({file, before, after}: FileEdit, root: string): Promise<void> {
  const path = join(root, file)
  if ((await readFile(path, 'utf8')) !== before)
    throw new DeployError('declined', `write ${file}: it has changed since it was read.`, {
      hint: 'Run it again.',
    })
  try {
    const {mode} = await stat(path)
    await writeFile(`${path}.deploy-part`, after, {mode})
    await rename(`${path}.deploy-part`, path)
  } catch (error) {
    throw new DeployError('forbidden', `write ${path}: ${(error as Error).message}`, {
      hint: 'Use a clone of your own: --chdir DIR.',
      cause: error,
    })
  }
}
