import {Flags} from '@oclif/core'
import {BaseCommand} from '../cli/base-command.ts'
import {exitCodeOf} from '../exit-codes.ts'

export default class Doctor extends BaseCommand {
  static override summary =
    'Look at tools, versions, clusters and permissions, and name the cure of each problem'

  static override description =
    `Each finding is one line: that it is well, or what is wrong and what cures it. Nothing is
changed; the exit code is that of the first problem.`

  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor --json']

  static seeAlso = ['troubleshooting.md', 'configuration.md']

  static override flags = {json: Flags.boolean({description: 'one result document'})}

  async run(): Promise<void> {
    const {flags} = await this.parse(Doctor)
    const [{openHost, settingsIn}, {toolEnv}, {examine}, {doctorText}, {actorOf}, {listWidth}] =
      await Promise.all([
        import('../cli/host.ts'),
        import('../cli/open-world.ts'),
        import('../flow/doctor.ts'),
        import('../view/doctor-text.ts'),
        import('../cli/actor.ts'),
        import('../view/columns.ts'),
      ])
    const host = await openHost(flags)
    const settings = await settingsIn(host, host.chartsRoot)
    const findings = await examine({
      chartsRoot: host.chartsRoot,
      settings,
      toolEnv: toolEnv(settings),
      nodeVersion: process.version,
      identity: (await actorOf(process.env, settings)).identity,
    })
    const problem = findings.map(finding => finding.result).find(result => result.kind === 'problem')
    if (problem) process.exitCode = exitCodeOf(problem.exitKind)
    this.log(
      flags.json
        ? JSON.stringify({schema: 1, findings}, undefined, 2)
        : doctorText(findings, listWidth(process.stdout)),
    )
  }
}
