import {readdir} from 'node:fs/promises'
import {join} from 'node:path'
import {exec} from './exec.ts'

/**
 * Which directories of charts helmfile may read: those that a line of a helmfile or values file names, or a link leads to; all of
 * them where a path out of helmfile.d begins with what only helmfile's templates know.
 * @param tree a copy of the charts repository without them
 * @param charts names of the directories
 */
export async function wantedCharts(tree: string, charts: readonly string[]): Promise<readonly string[]> {
  if (charts.length === 0) return []
  const beside = (await readdir(tree, {withFileTypes: true})).flatMap(({name}) =>
    name === 'helmfile.d' || /\.(ya?ml|gotmpl|tpl|tmpl)$/.test(name) ? [join(tree, name)] : [],
  )
  const words = ['../../', ...charts].flatMap(word => ['-e', word])
  const [lines, links] = await Promise.all([
    // Byte by byte: in another encoding a file would be binary, and left out.
    exec('grep', ['-rhIF', ...words, ...beside], {env: {LC_ALL: 'C'}}),
    exec('find', [tree, '-type', 'l', '-printf', '%l\\n']),
  ])
  // grep ends with 1 where there is no such line. Whatever else it is, everything may be wanted.
  if ((lines.failed && lines.exitCode !== 1) || links.failed) return charts
  const texts = [...lines.stdout.split('\n').filter(line => !/^\s*#/.test(line)), ...links.stdout.split('\n')]
  if (texts.some(leadsAnywhere)) return charts
  return charts.filter(name => texts.some(text => isNamed(name, text)))
}

// `../../{{ .Values.from }}`, `../../%s`, `../../ch*`
function leadsAnywhere(text: string): boolean {
  return /(?:\.\.\/){2,}[^/\s"']*(?:\{\{|%|[*?[])/.test(text)
}

// `/srv/deployment-charts` is not `charts`; `%scharts` may be.
function isNamed(name: string, text: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text.slice(Math.max(0, at - 2), at)
    const isBegun = !/[\w.-]$/.test(before) || /%\w$/.test(before)
    if (isBegun && !/^[\w.-]/.test(text.slice(at + name.length))) return true
  }
  return false
}
