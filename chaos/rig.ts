import {newTag, pushTag, startDeploy} from '../test/e2e/deploy.ts'
import {deployWords, FLAGS, type Rig, type Rigs} from './one-kill.ts'
import {type Target, TARGETS} from './target.ts'

/** Bring both to a known version, and learn how much a whole run says. Nothing that was left there before is in the way. */
export async function openRigs(): Promise<Rigs> {
  const [first, second] = await Promise.all([openRig(TARGETS[0]), openRig(TARGETS[1])])
  const rigs = [first, second] as const
  await linesOf(
    deployWords(
      rigs,
      rigs.map(({tags}) => tags.next),
    ),
    [0],
  )
  const running = rigs.map(({tags}) => tags.running)
  const good = await linesOf(deployWords(rigs, running), [0])
  const bad = await linesOf(deployWords(rigs, [first.tags.bad, second.tags.running]), [10])
  return {rigs, lines: {good, bad: Math.max(bad, good * 0.7)}}
}

async function openRig(target: Target): Promise<Rig> {
  const [running, next, bad] = await Promise.all([
    pushTag(target.image, newTag('instant')),
    pushTag(target.image, newTag('instant')),
    pushTag(target.image, newTag('crash')),
  ])
  await linesOf(['abort', target.service, '--events', ...FLAGS], [0, 11])
  return {target, tags: {running, next, bad}}
}

async function linesOf(words: readonly string[], expected: readonly number[]): Promise<number> {
  const {exitCode, said} = await startDeploy(words).ended
  if (exitCode === null || !expected.includes(exitCode))
    throw new Error(`${words.join(' ')} ended with ${exitCode}: ${said.slice(-2000)}`)
  return said.trim().split('\n').length
}
