import { z } from 'zod';
import type { Requests } from './client/requests.ts';

/** The release of Kubernetes that an API server is of. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  /** `v1.36.3`, or with what a provider adds to it. */
  readonly name: string;
}

/** Providers write `36+` for a minor version with changes of their own. */
const number = z.string().transform((text, context) => {
  const digits = /^\d+/.exec(text)?.[0];
  if (digits !== undefined) return Number(digits);
  context.addIssue(`${text} is no version`);
  return z.NEVER;
});

const versionSchema = z.object({ major: number, minor: number, gitVersion: z.string() });

/** @throws ApiError; ZodError when the answer is none of an API server's */
export async function serverVersion(requests: Pick<Requests, 'version'>): Promise<ServerVersion> {
  const { major, minor, gitVersion } = versionSchema.parse(await requests.version());
  return { major, minor, name: gitVersion };
}
