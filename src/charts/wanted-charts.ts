/**
 * Which directories of charts helmfile may read: those that a line of a helmfile or values file names, or a link leads to; all of
 * them where a path out of helmfile.d begins with what only helmfile's templates know.
 * @param texts such lines, and what links lead to
 * @param charts names of the directories
 */
export function wantedCharts(texts: readonly string[], charts: readonly string[]): readonly string[] {
  const telling = texts.filter(text => !/^\s*#/.test(text))
  if (telling.some(leadsAnywhere)) return charts
  return charts.filter(name => telling.some(text => isNamed(name, text)))
}

/** What a line holds that may name one of them. */
export function wordsOfCharts(charts: readonly string[]): string[] {
  return charts.length === 0 ? [] : ['../../', ...charts]
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
