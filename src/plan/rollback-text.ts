import {runText} from './past-text.ts'
import type {ReleaseRef} from './facts.ts'
import type {RollbackDoubt, WhyStays} from './rollback-target.ts'

/** Why a release stays as it is while others go back. */
export function staysText({name, namespace}: ReleaseRef, why: WhyStays): string {
  switch (why.kind) {
    case 'not-installed':
      return `${name} is not installed`
    case 'already-there':
      return `${name} is there already (revision ${why.revision})`
    case 'not-changed':
      return why.run === undefined
        ? `${name} stays: it was not changed since`
        : `${name} stays: run ${why.run.runId} did not change it`
    case 'first-installed': {
      const by = why.run === undefined ? '' : ` by run ${why.run.runId}`
      return `${name} stays: it was first installed${by}, so nothing is before it; to remove it: helm uninstall ${name} -n ${namespace}`
    }
    case 'not-kept': {
      const missing =
        why.revision === undefined ? 'no longer keeps what was before it' : `has no revision ${why.revision}`
      const oldest = why.oldestKept === undefined ? '' : `; its oldest is revision ${why.oldestKept}`
      return `${name} stays: helm ${missing}${oldest}`
    }
    case 'same-image':
      return `${name} stays: its image was ${why.tag} in revision ${why.revision} as well`
    case 'no-version':
      return `${name} stays: which version it had in revision ${why.revision} cannot be told`
    case 'none-good':
      return `${name} stays: no earlier state that helm keeps was good (${why.doubts.map(({revision, doubt}) => `revision ${revision} ${doubtText(doubt)}`).join('; ')})`
  }
}

/** What is known against a revision. */
export function doubtText(doubt: RollbackDoubt): string {
  switch (doubt.kind) {
    case 'helm-failed':
      return 'failed in helm'
    case 'not-healthy':
      return `was not seen healthy by ${runText(doubt.run)}`
    case 'left':
      return `was rolled back by ${runText(doubt.run)}`
  }
}

/** Going back changes nothing in git, which may name what is left. */
export function gitTexts(some: readonly {environment: string; gitVersion: string | undefined}[]): string[] {
  const texts = some.map(({environment, gitVersion}) => ({
    environment,
    text:
      gitVersion === undefined
        ? 'git does not change: if it names what is left here, the next deployment would bring it back.'
        : `git names ${gitVersion}: until it is changed there, the next deployment without --version would bring it.`,
  }))
  const byText = [...Map.groupBy(texts, one => one.text)]
  return byText.map(([text, group]) => {
    const where = [...new Set(group.map(one => one.environment))].join(', ')
    return byText.length === 1 ? text : `${where}: ${text}`
  })
}
