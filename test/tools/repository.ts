import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {exec} from '../../src/tools/exec.ts'

export type Repository = {root: string; git(...args: string[]): Promise<string>}

/** A git repository of one test's own, whatever the person's own configuration says. */
export async function withRepository(run: (repository: Repository) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), 'deploy-repository-'))
  try {
    const repository = repositoryAt(root)
    await repository.git('init', '--quiet', '--initial-branch', 'master')
    await run(repository)
  } finally {
    await rm(root, {recursive: true, force: true})
  }
}

export function repositoryAt(root: string): Repository {
  return {
    root,
    async git(...args) {
      const result = await exec('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], {
        cwd: root,
        env: {GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null'},
      })
      if (result.failed) throw new Error(`git ${args.join(' ')}: ${result.stderr}`)
      return result.stdout.trim()
    },
  }
}

/** Write files, a text that begins with `-> ` as a link, and commit them. @returns the commit */
export async function commitFiles(
  {root, git}: Repository,
  subject: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path)
    await mkdir(dirname(file), {recursive: true})
    await (text.startsWith('-> ') ? symlink(text.slice(3), file) : writeFile(file, text))
  }
  await git('add', '--all')
  await git('commit', '--quiet', '--message', subject)
  return git('rev-parse', 'HEAD')
}
