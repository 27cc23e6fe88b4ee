import {hostname, userInfo} from 'node:os'
import type {Settings} from '../charts/settings.ts'
import type {Actor} from '../flow/world.ts'
import {exec} from '../tools/exec.ts'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Who runs this: the person behind sudo, else the account; and the CI job, if it is one. Groups are looked up only where a
 * policy speaks of groups.
 */
export async function actorOf(env: Env, settings: Settings): Promise<Actor> {
  const user = env.SUDO_USER || accountName(env)
  const job = jobOf(env)
  const groups = speaksOfGroups(settings) ? await groupsOf(user, env) : []
  return {
    user: job === undefined ? user : `${user} (${job})`,
    host: hostname(),
    identity: {user, groups, job},
  }
}

/**
 * Sources: GitLab "Predefined CI/CD variables", GitHub "Default environment variables", Jenkins "Building a software project".
 */
export function jobOf(env: Env): string | undefined {
  if (env.GITLAB_CI) return `gitlab:${env.CI_PROJECT_PATH ?? ''}/${env.CI_JOB_NAME ?? ''}`
  if (env.GITHUB_ACTIONS) return `github:${env.GITHUB_REPOSITORY ?? ''}/${env.GITHUB_JOB ?? ''}`
  if (env.JENKINS_URL) return `jenkins:${env.JOB_NAME ?? ''}`
  return undefined
}

// A container may run under a number that no account has.
function accountName(env: Env): string {
  try {
    return userInfo().username
  } catch {
    return env.USER || `uid-${process.getuid?.() ?? 'unknown'}`
  }
}

function speaksOfGroups({policies}: Settings): boolean {
  return policies.some(({rules}) => rules.some(({who}) => who.some(name => name.startsWith('group:'))))
}

async function groupsOf(user: string, env: Env): Promise<string[]> {
  // Of the person behind sudo, not of the account sudo leads to.
  const {stdout} = await exec('id', ['-Gn', ...(env.SUDO_USER ? ['--', user] : [])])
  return stdout.trim().split(/\s+/).filter(Boolean)
}
