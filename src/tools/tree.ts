import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {readdir, stat} from 'node:fs/promises'
import {join} from 'node:path'
import type {ServiceFacts, TreeFacts} from '../plan/facts.ts'
import {exec} from './exec.ts'

// The deploy host's checkout belongs to root; git refuses it without this. Reading writes nothing: a lock of ours would
// make the host's own pull fail.
export const GIT_ARGS: readonly string[] = [
  '--no-optional-locks',
  '-c',
  'safe.directory=*',
  '-c',
  'core.quotePath=false',
]

/** What git says of a checkout, its commit's time apart. */
export type TreeStatus = Pick<TreeFacts, 'commit' | 'branch' | 'state'>

/** Which commit of the charts repository lies in a directory, and whether it is exactly that. */
export async function readStatus(root: string): Promise<TreeStatus> {
  const status = ['status', '--porcelain=v2', '--branch', '--untracked-files=all', '--', '.']
  const {stdout, failed} = await exec('git', [...GIT_ARGS, ...status], {cwd: root})
  const lines = stdout.split('\n').filter(Boolean)
  const commit = wordOf(lines, 'oid')
  if (failed || !commit || commit === '(initial)')
    return {commit: undefined, branch: undefined, state: {kind: 'not-git'}}
  const branch = wordOf(lines, 'head')
  const state = treeState(lines)
  const isPublished = branch === '(detached)' && state.kind === 'off-upstream' && (await isOnRemote(root))
  return {commit, branch, state: isPublished ? {kind: 'clean'} : state}
}

/** Whether the commit says all that lies there. */
export function isCommit({state: {kind}}: Pick<TreeFacts, 'state'>): boolean {
  return kind === 'clean' || kind === 'off-upstream'
}

function wordOf(lines: readonly string[], name: string): string | undefined {
  const start = `# branch.${name} `
  return lines.find(line => line.startsWith(start))?.slice(start.length)
}

// As a CI checks out: on no branch, at a commit that some branch of the remote holds.
async function isOnRemote(root: string): Promise<boolean> {
  const refs = ['for-each-ref', '--contains', 'HEAD', '--count=1', 'refs/remotes']
  const {stdout, failed} = await exec('git', [...GIT_ARGS, ...refs], {cwd: root})
  return !failed && stdout.trim() !== ''
}

function treeState(lines: readonly string[]): TreeFacts['state'] {
  const files = lines.filter(line => !line.startsWith('#')).map(line => line.split(' ').at(-1) ?? line)
  if (files.length > 0) return {kind: 'dirty', files}
  const ahead = /# branch\.ab \+(\d+)/.exec(lines.join('\n'))?.[1]
  if (ahead === undefined) return {kind: 'off-upstream', detail: 'its branch follows no upstream branch'}
  return ahead === '0'
    ? {kind: 'clean'}
    : {
        kind: 'off-upstream',
        detail: `it has ${ahead} ${ahead === '1' ? 'commit' : 'commits'} that upstream does not have`,
      }
}

/**
 * Replace texts in the snapshot's helmfiles and values, for rendering outside a deploy host; links are not followed. In one go, which takes
 * half the time: it is small, and most often nothing else can be done before.
 */
export function substitute(directory: string, substitutions: Readonly<Record<string, string>>): void {
  const pairs = Object.entries(substitutions)
  if (pairs.length > 0) replaceBelow(directory, pairs)
}

function replaceBelow(directory: string, pairs: readonly [string, string][]): void {
  for (const entry of readdirSync(directory, {withFileTypes: true})) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) replaceBelow(path, pairs)
    if (entry.isFile() && /\.(ya?ml|gotmpl)$/.test(entry.name)) replaceIn(path, pairs)
  }
}

function replaceIn(path: string, pairs: readonly [string, string][]): void {
  const text = readFileSync(path, 'utf8')
  const replaced = pairs.reduce((current, [from, to]) => current.replaceAll(from, to), text)
  if (replaced !== text) writeFileSync(path, replaced)
}

/** Every service of a charts repository: the directories `helmfile.d/<group>/<name>` that hold a helmfile. */
export async function listServices(root: string): Promise<ServiceFacts[]> {
  const groups = await directoriesIn(join(root, 'helmfile.d'))
  const found = await Promise.all(
    groups.map(async group => {
      const names = await directoriesIn(join(root, 'helmfile.d', group))
      const kept = await Promise.all(
        names.map(async name =>
          (await helmfileIn(join(root, 'helmfile.d', group, name))) === undefined ? [] : [{group, name}],
        ),
      )
      return kept.flat()
    }),
  )
  return found.flat().filter(service => !service.name.startsWith('_') && service.group !== 'admin_ng')
}

/** The name of the helmfile in a service's directory. */
export async function helmfileIn(directory: string): Promise<string | undefined> {
  for (const name of ['helmfile.yaml', 'helmfile.yaml.gotmpl']) {
    if (await stat(join(directory, name)).catch(() => undefined)) return name
  }
  return undefined
}

async function directoriesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, {withFileTypes: true}).catch(() => [])
  return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
}
