import {lstat, mkdir, readdir, rm, stat} from 'node:fs/promises'
import {join} from 'node:path'
import {DeployError} from '../errors.ts'
import type {TreeFacts} from '../plan/facts.ts'
import {exec} from './exec.ts'
import {diskFault} from './tool-fault.ts'
import {GIT_ARGS} from './tree.ts'
import {wantedCharts} from './wanted-charts.ts'

/**
 * Copy one state of the charts repository into a private directory: the commit when the tree is clean, else the
 * files as they are. A pull under our feet changes nothing any more. Of a commit the charts are left out where no helmfile names
 * their directory: a chart repository publishes them. They are most of all files, and one that is written and removed again costs up
 * to a millisecond.
 */
export async function snapshotTree(tree: TreeFacts, into: string): Promise<void> {
  await mkdir(into, {recursive: true, mode: 0o700})
  if (tree.state.kind === 'not-git')
    return finish(await exec('cp', ['-a', `${tree.root}/.`, into]), tree.root)
  if (tree.state.kind === 'dirty') return copyWorkingFiles(tree.root, into)
  const charts = await chartDirectories(tree.root)
  await unpack(tree, ['.', ...charts.map(name => `:(exclude,literal)${name}`)], into)
  const wanted = await committed(tree, await wantedCharts(into, charts))
  const paths = wanted.map(name => `:(literal)${name}`)
  if (paths.length > 0) await unpack(tree, paths, into)
}

/** Directories beside helmfile.d that hold charts. */
async function chartDirectories(root: string): Promise<string[]> {
  const entries = await readdir(root, {withFileTypes: true})
  const found = await Promise.all(
    entries
      .filter(entry => entry.isDirectory() && entry.name !== 'helmfile.d' && entry.name !== '.git')
      .map(async ({name}) => ((await holdsCharts(join(root, name))) ? [name] : [])),
  )
  return found.flat()
}

async function holdsCharts(directory: string): Promise<boolean> {
  // What git does not hold may be somebody's own.
  const entries = await readdir(directory, {withFileTypes: true}).catch(() => [])
  for (const entry of entries.filter(one => one.isDirectory())) {
    if (await stat(join(directory, entry.name, 'Chart.yaml')).catch(() => undefined)) return true
  }
  return false
}

// git refuses the name of what it does not hold.
async function committed({root, commit}: TreeFacts, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return names
  const args = ['ls-tree', '-d', '-z', '--name-only', commit ?? 'HEAD']
  const list = await exec('git', [...GIT_ARGS, ...args], {cwd: root})
  await finish(list, root)
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
