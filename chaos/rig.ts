import {newTag, pushTag, startDeploy} from '../test/e2e/deploy.ts'
import {deployWords, FLAGS, type Rig} from './one-kill.ts'
import type {Target} from './target.ts'

/** Bring a target to a known version, and learn how much a whole run says. Nothing that was left there before is in the way. */
export async function openRig(target: Target): Promise<Rig> {
  const [running, next, bad] = await Promise.all([
    pushTag(target.image, newTag('instant')),
    pushTag(target.image, newTag('instant')),
    pushTag(target.image, newTag('crash')),
  ])
  await linesOf(['abort', target.service, '--events', ...FLAGS], [0, 11])
  await linesOf(deployWords(target, next), [0])
  const good = await linesOf(deployWords(target, running), [0])
  return {
    target,
    tags: {running, next, bad},
    lines: {good, bad: await linesOf(deployWords(target, bad), [10])},
  }
}

async function linesOf(words: readonly string[], expected: readonly number[]): Promise<number> {
  const {exitCode, said} = await startDeploy(words).ended
  if (exitCode === null || !expected.includes(exitCode))
    throw new Error(`${words.join(' ')} ended with ${exitCode}: ${said.slice(-2000)}`)
  return said.trim().split('\n').length
}
