import { z } from 'zod';
import { atomic } from './fields.ts';
import { boundedMap } from './pod-match.ts';

/** Of one name, and of one dependency. */
export const MAX_COMPLETED_OF_A_NAME = 3;
export const MAX_COMPLETED = 12;

/** Characters of labels, annotations and images together: what is beyond is not remembered. */
export const MAX_REMEMBERED_CHARACTERS = 1024;
const MAX_ENTRIES = 32;

const entry = () => z.string().max(MAX_REMEMBERED_CHARACTERS);

/** What is remembered of a Job that completed: as much as decides for which Pods it counts. */
export const completedJobSchema = z
  .strictObject({
    name: z.string().max(253).describe('Name of the Job.'),
    uid: z.string().max(64).describe('Its UID: another Job of the name is not this one.'),
    superseded: z
      .boolean()
      .optional()
      .describe('Another Job of the name came after it: it counts no more. Exists only while true.'),
    createdAt: z
      .string()
      .max(64)
      .meta({ format: 'date-time' })
      .optional()
      .describe('When it was created, where nothing of it is compared with Pods.'),
    labels: boundedMap(entry(), MAX_ENTRIES)
      .optional()
      .describe('Those of its labels that are looked at; where none are, the one that tells its version.'),
    annotations: boundedMap(entry(), MAX_ENTRIES)
      .optional()
      .describe('Those of its annotations that are looked at.'),
    images: z
      .array(entry())
      .max(MAX_ENTRIES)
      .optional()
      .describe('Images of its containers, where they are looked at, or nothing of it is compared with Pods.')
      .meta(atomic),
  })
  .describe('A Job that completed.');

export type CompletedJob = z.infer<typeof completedJobSchema>;
