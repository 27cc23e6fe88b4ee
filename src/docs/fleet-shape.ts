import * as v from 'valibot'
import type {FleetOutcome} from '../plan/fleet-outcome.ts'
import {exitKind, outcome} from './outcome-shape.ts'
import type {IsSame, Json} from './same.ts'

/** The shape of the document of a run on many services. That it is the code's own is checked by the compiler. */
export const fleetOutcome = v.object({
  schema: v.literal(1),
  kind: v.pipe(exitKind, v.description('How the whole run ended: of several bad ends the worst.')),
  exitCode: v.number(),
  summary: v.pipe(v.string(), v.description('One sentence for a person; its wording may change.')),
  services: v.array(
    v.union([
      v.object({service: v.string(), outcome}),
      v.object({
        service: v.string(),
        error: v.pipe(
          v.object({kind: exitKind, message: v.string(), hint: v.exactOptional(v.string())}),
          v.description('It ended before it had a plan.'),
        ),
      }),
    ]),
  ),
  next: v.exactOptional(v.pipe(v.string(), v.description('What to type next; its wording may change.'))),
  durationMs: v.pipe(v.number(), v.description('Milliseconds.')),
})

export const isFleetOutcomeInStep: IsSame<v.InferOutput<typeof fleetOutcome>, Json<FleetOutcome>> = true
