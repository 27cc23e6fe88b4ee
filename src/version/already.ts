import type {ServiceFacts, TreeFacts} from '../plan/facts.ts'

/** What to say where the values have a version already: whether git holds it is another matter. */
export function alreadyText({root, state}: TreeFacts, {group, name}: ServiceFacts): string {
  const here = 'The values have that version already: nothing to write.'
  switch (state.kind) {
    case 'clean':
      return 'git holds that version already: nothing to write.'
    case 'not-git':
      return here
    case 'off-upstream':
      return `${here} It is not published yet: this tree is not on its upstream branch (${state.detail}).`
    case 'dirty': {
      const own = state.files.filter(file => file.startsWith(`helmfile.d/${group}/${name}/`))
      return own.length === 0
        ? here
        : `${here} Commit and publish it: git -C ${root} commit -m "…" -- ${own.join(' ')}`
    }
  }
}
