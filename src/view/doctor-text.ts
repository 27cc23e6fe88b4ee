import {hanging} from './layout.ts'

type Finding = {
  about: string
  result: {kind: 'fine'; detail: string} | {kind: 'problem'; detail: string; cure: string}
}

/** A line for each thing looked at; a problem is followed by its cure. */
export function doctorText(findings: readonly Finding[], columns = Infinity): string {
  const width = Math.max(...findings.map(finding => finding.about.length))
  const lines = findings.flatMap(({about, result}) => {
    const line = hanging(
      `${result.kind === 'fine' ? '✔' : '✖'} ${about.padEnd(width)}  `,
      result.detail,
      columns,
    )
    return result.kind === 'fine'
      ? [line]
      : [line, hanging(`  ${' '.repeat(width)}  → `, result.cure, columns)]
  })
  const problems = findings.filter(finding => finding.result.kind === 'problem').length
  const summary =
    problems === 0
      ? 'Everything a deployment needs is here.'
      : `${problems} ${problems === 1 ? 'problem' : 'problems'}.`
  return [...lines, '', summary].join('\n')
}
