import { expect } from 'chai';
import type { ApiError } from '../../src/kube/api-error.ts';
import { meets, REFUSALS_WITHOUT_TYPE, versionUnderTest } from '../cluster/versions.ts';
import { type Scenario, useNamespace } from './cluster.ts';
import { objectOf, usualMistakes } from './mistakes.ts';

/** What people do wrong, and how they are told: docs/guide/mistakes.md. */
export const mistakes: Scenario = (on) => {
  describe('a usual mistake', () => {
    const here = useNamespace(on);

    for (const mistake of usualMistakes()) {
      const { title, gate, others, said } = mistake;
      const told = (by: string) => said.filter((line) => line.startsWith(`${by} `));

      it(`is answered as docs/guide/mistakes.md says: ${title}`, async () => {
        const refusal = await here().refusal(objectOf(gate));
        const applied = refusal === undefined ? [] : applyWords(refusal);
        expect(applied.map(inAllReleases)).to.have.members(told('apply').map(inAllReleases));
        if (refusal !== undefined) return;
        await here().create(...others.map(objectOf), objectOf(gate));
        const [words = expect.fail('the page has no status')] = told('status');
        await here().until(`the status says ${words}`, async () => {
          const { message = '' } = (await here().gate('web-first')).status.display ?? {};
          return words === `status ${message.replaceAll(here().name, 'default')}` || undefined;
        });
      });
    }
  });
};

/** Older releases do not tell which text breaks a rule, but the type of what does. */
function inAllReleases(line: string): string {
  if (meets(versionUnderTest(), REFUSALS_WITHOUT_TYPE)) return line;
  return line.replace(/Invalid value: ("[^"]*": )?(?!\S+ in body )/, 'Invalid value: ');
}

/** The causes that kubectl prints, without the last one, by which there may be more. */
function applyWords({ message, causes }: ApiError): string[] {
  const [, unknown] = /strict decoding error: (.*)$/.exec(message) ?? [];
  if (unknown !== undefined) return unknown.split(', ').map((words) => `apply ${words}`);
  return causes
    .filter(({ field }) => field !== '<nil>')
    .map((cause) => `apply ${cause.field}: ${cause.message}`);
}
