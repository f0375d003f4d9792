import { expect } from 'chai';
import { ApiError } from '../../src/kube/api-error.ts';
import { type AdmissionApi, MERGE_PATCH, OPERATOR } from './admission-api.ts';

/** What somebody asks for who holds the operator's token, whatever RBAC gives it. */
export class OperatorToken {
  readonly #cluster: () => AdmissionApi;

  constructor(cluster: () => AdmissionApi) {
    this.#cluster = cluster;
  }

  create(path: string, body: unknown): Promise<unknown> {
    return this.#cluster().send('POST', path, body, { as: OPERATOR });
  }

  patch(path: string, body: unknown, type = MERGE_PATCH): Promise<unknown> {
    return this.#cluster().send('PATCH', path, body, { as: OPERATOR, type });
  }

  /** Why the patch would be refused by a policy; undefined where it would not. Nothing is stored. */
  async tries(path: string, body: unknown): Promise<string | undefined> {
    const call = { as: OPERATOR, type: MERGE_PATCH, dryRun: true };
    return this.#cluster()
      .send('PATCH', path, body, call)
      .then(
        () => undefined,
        (failure: unknown) => String(failure),
      );
  }

  /** Would delete it: nothing goes. */
  remove(path: string): Promise<unknown> {
    return this.#cluster().send('DELETE', path, undefined, { as: OPERATOR, dryRun: true });
  }
}

/** What a policy says that refuses a request. */
export async function policyRefusal(request: Promise<unknown>): Promise<string> {
  const outcome = await request.then(
    () => 'it was let through',
    (failure: unknown) => failure,
  );
  if (outcome instanceof ApiError && outcome.message.includes('ValidatingAdmissionPolicy'))
    return outcome.message;
  return expect.fail(`no policy refused it: ${outcome}`);
}
