import * as v from 'valibot'
import {EXIT_CODES, type ExitKind} from '../exit-codes.ts'

/** What `--json` prints when a command ends before it has a plan. */
export const errorDocument = v.object({
  schema: v.literal(1),
  kind: v.picklist(Object.keys(EXIT_CODES) as ExitKind[]),
  exitCode: v.number(),
  error: v.object({
    message: v.pipe(v.string(), v.description('For a person; its wording may change.')),
    hint: v.exactOptional(v.pipe(v.string(), v.description('What to type next; its wording may change.'))),
    tool: v.exactOptional(v.pipe(v.string(), v.description('The program that failed, where one did.'))),
  }),
})
