import {lstat, mkdir, readdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import type {TreeFacts} from '../plan/facts.ts'
import {exec} from './exec.ts'
import {diskFault} from './tool-fault.ts'
import {GIT_ARGS} from './tree.ts'
import {wantedBeside} from './wanted-beside.ts'

/**
 * Copy one state of the charts repository into a private directory: the commit when the tree is clean, else the
 * files as they are. A pull under our feet changes nothing any more. Of a commit only that is copied which helmfile can
 * read: of the directories beside helmfile.d those that something in it names. Where a chart repository publishes the charts
 * theirs would be most of all files, and a file that is written and removed again costs a fraction of a millisecond each.
 */
export async function snapshotTree(tree: TreeFacts, into: string): Promise<void> {
  await mkdir(into, {recursive: true, mode: 0o700})
  if (tree.state.kind === 'not-git')
    return finish(await exec('cp', ['-a', `${tree.root}/.`, into]), tree.root)
  if (tree.state.kind === 'dirty') return copyWorkingFiles(tree.root, into)
  const beside = await directoriesBeside(tree.root)
  await unpack(tree, ['.', ...beside.map(name => `:(exclude,literal)${name}`)], into)
  const named = await wantedBeside(into, beside)
  const wanted = named.length === 0 ? [] : await committed(tree, named)
  if (wanted.length > 0)
    await unpack(
      tree,
      wanted.map(name => `:(literal)${name}`),
      into,
    )
}

async function directoriesBeside(root: string): Promise<string[]> {
  const entries = await readdir(root, {withFileTypes: true})
  return entries
    .filter(entry => entry.isDirectory() && entry.name !== 'helmfile.d' && entry.name !== '.git')
    .map(entry => entry.name)
}

// git refuses the name of what it does not hold.
async function committed({root, commit}: TreeFacts, names: readonly string[]): Promise<string[]> {
  const list = await exec('git', [...GIT_ARGS, 'ls-tree', '-d', '-z', '--name-only', commit ?? 'HEAD'], {
    cwd: root,
  })
  const held = list.stdout.split('\0')
  return names.filter(name => held.includes(name))
}

async function unpack({root, commit}: TreeFacts, paths: readonly string[], into: string): Promise<void> {
  const archive = `${into}.tar`
  const args = ['archive', '--format=tar', `--output=${archive}`, commit ?? 'HEAD', '--', ...paths]
  await finish(await exec('git', [...GIT_ARGS, ...args], {cwd: root}), root)
  await extract(archive, into, root)
}

async function copyWorkingFiles(root: string, into: string): Promise<void> {
  const archive = `${into}.tar`
  const input = (await workingFiles(root)).join('\0')
  const args = ['-c', '-f', archive, '--null', '-T', '-']
  await finish(await exec('tar', args, {cwd: root, input}), root)
  await extract(archive, into, root)
}

// By way of a file: two short programs are faster than a pipe through this process.
async function extract(archive: string, into: string, root: string): Promise<void> {
  await finish(await exec('tar', ['-x', '-f', archive, '-C', into]), root)
  await rm(archive)
}

async function workingFiles(root: string): Promise<string[]> {
  const list = await exec(
    'git',
    [...GIT_ARGS, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', '.'],
    {cwd: root},
  )
  const files = list.stdout.split('\0').filter(Boolean)
  const present = await Promise.all(
    files.map(async file => ((await lstat(join(root, file)).catch(() => undefined)) ? file : '')),
  )
  return present.filter(Boolean)
}

async function finish(result: {failed: boolean; stderr: string}, root: string): Promise<void> {
  if (!result.failed) return
  // One of a thousand files says as much as all of them.
  const [first = ''] = result.stderr.trim().split('\n')
  const ofDisk = diskFault(`copy the charts repository ${root}`, first)
  if (ofDisk !== undefined) throw ofDisk
  throw new DeployError('bug', `copy the charts repository ${root}: ${first}`, {
    hint: 'Check that the repository can be read by you.',
  })
}
