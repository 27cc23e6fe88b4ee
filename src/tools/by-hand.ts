import {join} from 'node:path'
import {hideGiven, hideValues} from '../plan/given.ts'
import type {ServiceFacts, TreeFacts} from '../plan/facts.ts'

/** What the commands of a run need so that a person can type them. */
export type ByHandSite = {
  tree: TreeFacts
  service: ServiceFacts
  substitutions: Readonly<Record<string, string>>
  path: readonly string[]
  env: Readonly<Record<string, string>>
  /** Files of this run that may be written anew, by their path: how they are called then, and what is in them. */
  files: ReadonlyMap<string, HandFile>
  /** What only this run has: words that name something in it mean nothing to anybody else. */
  privateDirectory: string
}

export type HandFile = {name: string; content: string}

/** Lines for a POSIX shell: what comes first, so that every later command works as it stands. */
export function preparation({tree, service, ...site}: ByHandSite): string[] {
  const pairs = Object.entries(site.substitutions)
  const path = [...site.path.map(quoted), '"$PATH"'].join(':')
  const env = hideGiven(
    Object.entries(hideValues(site.env)).map(([name, value]) => `${name}=${value}`),
    text => text,
  )
  return [
    `# ${tree.root}${tree.commit === undefined ? '' : ` at ${tree.commit.slice(0, 10)}`}`,
    'here=$(mktemp -d)',
    ...(pairs.length === 0
      ? [`cd ${quoted(join(tree.root, 'helmfile.d', service.group, service.name))}`]
      : copyLines(tree.root, service, pairs)),
    [
      'export HELMFILE_RENDER_YAML=true',
      ...env.map(quoted),
      ...(site.path.length > 0 ? [`PATH=${path}`] : []),
    ].join(' '),
    ...[...site.files.values()].map(writeLine),
  ]
}

// deploy.yaml says to replace texts, which is done in a copy.
function copyLines(
  root: string,
  {group, name}: ServiceFacts,
  pairs: readonly (readonly [string, string])[],
): string[] {
  const scripts = pairs.flatMap(([from, to]) => [
    '-e',
    `s|${escaped(from)}|${to.replaceAll(/[|&\\]/g, '\\$&')}|g`,
  ])
  const files = String.raw`-type f \( -name '*.yaml' -o -name '*.yml' -o -name '*.gotmpl' \)`
  return [
    `cp -R ${quoted(`${root}/.`)} "$here"`,
    `find "$here/helmfile.d/${group}" ${files} -exec sed -i ${scripts.map(quoted).join(' ')} {} +`,
    `cd "$here/helmfile.d/${group}/${name}"`,
  ]
}

/** One command as it is typed; one that only this run could run is a comment. */
export function commandLine(words: readonly string[], {files, privateDirectory}: ByHandSite): string {
  const text = withoutSecrets(withoutOurs(words))
    .map(word => (files.has(word) ? `"$here/${files.get(word)?.name}"` : quoted(word)))
    .join(' ')
  return text.includes(privateDirectory) ? `# ${text}` : text
}

export function writeLine({name, content}: HandFile): string {
  return `printf '%s\\n' ${quoted(content.trimEnd())} > "$here/${name}"`
}

// The launcher answers for helm, and needs files that helmfile would remove.
function withoutOurs(words: readonly string[]): string[] {
  return words.filter(
    (word, index) =>
      word !== '--skip-cleanup' && word !== '--helm-binary' && words[index - 1] !== '--helm-binary',
  )
}

function withoutSecrets(words: readonly string[]): string[] {
  return words.flatMap((word, index) =>
    /^--(state-values-)?set/.test(words[index - 1] ?? '') ? hideGiven([word], text => text) : [word],
  )
}

function quoted(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}

// For sed, where | stands between.
function escaped(text: string): string {
  return text.replaceAll(/[.*[\]^$\\|]/g, String.raw`\$&`)
}
