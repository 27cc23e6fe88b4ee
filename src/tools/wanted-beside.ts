import {join} from 'node:path'
import {exec} from './exec.ts'

/**
 * Which directories beside helmfile.d helmfile may read: those that a file of it names, outside of comments, or a link of it leads to.
 * @param tree a copy of the charts repository
 * @param beside names of the directories
 */
export async function wantedBeside(tree: string, beside: readonly string[]): Promise<readonly string[]> {
  if (beside.length === 0) return []
  const helmfiles = join(tree, 'helmfile.d')
  const names = beside.flatMap(name => ['-e', name])
  const [lines, links] = await Promise.all([
    // Byte by byte: in another encoding a file would be binary, and left out.
    exec('grep', ['-rhIF', ...names, helmfiles], {env: {LC_ALL: 'C'}}),
    exec('find', [helmfiles, '-type', 'l', '-printf', '%l\\n']),
  ])
  // grep ends with 1 where there is no such line. Whatever else it is, everything may be wanted.
  if ((lines.failed && lines.exitCode !== 1) || links.failed) return beside
  const texts = [...lines.stdout.split('\n').map(withoutComment), ...links.stdout.split('\n')]
  return beside.filter(name => texts.some(text => isNamed(name, text)))
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#.*$/s, '')
}

// `/srv/deployment-charts` is not `charts`.
function isNamed(name: string, text: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = [text[at - 1], text[at + name.length]]
    if (around.every(letter => letter === undefined || !/[\w.-]/.test(letter))) return true
  }
  return false
}
