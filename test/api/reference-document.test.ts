import { expect } from 'chai';
import { formatReference } from '../../src/api/reference-document.ts';
import { CONDITIONS } from '../../src/api/status.ts';
import { RULE_CASES } from './rule-cases.ts';

describe('formatReference', () => {
  const reference = formatReference();
  const row = (field: string) =>
    reference.split('\n').find((line) => line.startsWith(`| \`${field}\` |`)) ?? '';

  it('says of a field whether it is required, what it is and its bounds', () => {
    expect(row('timeoutSeconds')).to.equal(
      '| `timeoutSeconds` | integer | Seconds after which one attempt is given up. Default: 5. 1 to 300. |',
    );
    expect(row('dependencies')).to.match(
      /^\| `dependencies` \| \[\]object \| \*\*Required\.\*\* .* 1 to 16 items\./,
    );
    expect(row('status')).to.match(
      /\[\]integer or string .* 1 to 32 items\. Each: 100 to 599\. Each refused: use status codes such as 200, without quotes, or any alone\. \|$/,
    );
    expect(row('lastTransitionTime')).to.match(/\| time \|/);
  });

  it('has a section for every object, in the order of the fields', () => {
    const sections = reference.match(/^## .*$/gm) ?? [];
    expect(sections.slice(0, 4)).to.deep.equal([
      '## spec',
      '## spec.targets[]',
      '## spec.dependencies[]',
      '## spec.dependencies[].dns',
    ]);
    expect(sections).to.include('## status.render.initContainers[].env[].valueFrom');
    expect(new Set(sections).size).to.equal(sections.length);
  });

  it('has every rule in the words in which it is refused, and every condition', () => {
    for (const { message } of RULE_CASES) expect(reference).to.include(message);
    for (const type of Object.keys(CONDITIONS)) expect(reference).to.include(`| \`${type}\` |`);
  });

  it('keeps its tables whole where a pattern has a bar', () => {
    for (const line of reference.split('\n').filter((text) => text.startsWith('| '))) {
      expect(line.replaceAll('\\|', '').match(/\|/g)?.length, line).to.be.oneOf([3, 4]);
    }
  });
});
