import {type Dirent, existsSync, readdirSync} from 'node:fs'
import {lstat, mkdir, rm} from 'node:fs/promises'
import {join} from 'node:path'
import {wantedCharts, wordsOfCharts} from '../charts/wanted-charts.ts'
import {DeployError} from '../errors.ts'
import type {TreeFacts} from '../plan/facts.ts'
import {exec} from './exec.ts'
import {diskFault} from './tool-fault.ts'
import {GIT_ARGS, isCommit} from './tree.ts'

/** A commit that was copied, with its time (RFC 3339). */
export type CopiedCommit = {commit: string; commitTime: string}

/** Where a copy is made. */
export type CopyRequest = {
  /** The charts repository. */
  root: string
  /** A directory that is made, in a private one. */
  into: string
  /** Where the program lies that copies. */
  packageRoot: string
}

/**
 * Copy one state of the charts repository into a private directory: the commit when the tree is clean, else the
 * files as they are. A pull under our feet changes nothing any more.
 */
export async function snapshotTree(
  tree: Pick<TreeFacts, 'root' | 'commit' | 'state'>,
  into: string,
  packageRoot: string,
): Promise<void> {
  const {root, commit, state} = tree
  if (isCommit(tree)) {
    await copyCommit({root, into, packageRoot}, commit ?? 'HEAD')
    return
  }
  await mkdir(into, {recursive: true, mode: 0o700})
  if (state.kind === 'not-git') return finish(await exec('cp', ['-a', `${root}/.`, into]), root)
  return copyWorkingFiles(root, into)
}

/**
 * Copy a commit, without the charts where no helmfile names their directory: a chart repository publishes them. They are most of all
 * files, and one that is written and removed again costs up to a millisecond.
 * @param commit what git knows it by
 * @throws DeployError `bug` with git's or tar's own words; for a full disk with what to do about it
 */
export async function copyCommit(request: CopyRequest, commit: string): Promise<CopiedCommit> {
  const charts = chartDirectories(request.root)
  const leastPaths = ['.', ...charts.map(name => `:(exclude,literal)${name}`)]
  const {copied, texts} = await unpack(request, commit, leastPaths, wordsOfCharts(charts))
  const wanted = texts === undefined ? charts : wantedCharts(texts, charts)
  const paths = await committed(request.root, copied.commit, wanted)
  if (paths.length > 0)
    await unpack(
      request,
      copied.commit,
      paths.map(name => `:(literal)${name}`),
      [],
    )
  return copied
}

/**
 * Directories beside helmfile.d that hold charts. Read in one go: the copy begins before anything else is done, such as loading most
 * of our code.
 */
function chartDirectories(root: string): string[] {
  return directoriesIn(root).filter(
    name => name !== 'helmfile.d' && name !== '.git' && holdsCharts(join(root, name)),
  )
}

function holdsCharts(directory: string): boolean {
  return directoriesIn(directory).some(name => existsSync(join(directory, name, 'Chart.yaml')))
}

// What git does not hold may be somebody's own.
function directoriesIn(path: string): string[] {
  let entries: Dirent[] = []
  try {
    entries = readdirSync(path, {withFileTypes: true})
  } catch {
    // It cannot be read, and so holds nothing that could be left out.
  }
  return entries.filter(entry => entry.isDirectory()).map(entry => entry.name)
}

// git refuses the name of what it does not hold.
async function committed(root: string, commit: string, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return names
  const args = ['ls-tree', '-d', '-z', '--name-only', commit]
  const list = await exec('git', [...GIT_ARGS, ...args], {cwd: root})
  await finish(list, root)
  const held = list.stdout.split('\0')
  return names.filter(name => held.includes(name))
}

/** @returns with the lines of the copy that hold one of the words, and what links lead to, where they could be read */
async function unpack(
  {root, into, packageRoot}: CopyRequest,
  commit: string,
  paths: readonly string[],
  words: readonly string[],
): Promise<{copied: CopiedCommit; texts: readonly string[] | undefined}> {
  const script = join(packageRoot, 'bin', 'copy-commit')
  const args = [script, into, commit, GIT_ARGS.join('\n'), words.join('\n'), ...paths]
  const {failed, stdout, stderr} = await exec('sh', args, {cwd: root})
  const [hash = '', commitTime = '', end, ...texts] = stdout.split('\n')
  await finish({failed: end !== 'copied', stderr}, root)
  return {copied: {commit: hash, commitTime}, texts: failed ? undefined : texts}
}

// By way of a file: two short programs are faster than a pipe through this process.
async function copyWorkingFiles(root: string, into: string): Promise<void> {
  const archive = `${into}.tar`
  const input = (await workingFiles(root)).join('\0')
  const args = ['-c', '-f', archive, '--null', '-T', '-']
  await finish(await exec('tar', args, {cwd: root, input}), root)
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
