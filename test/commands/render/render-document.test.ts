import { expect } from 'chai';
import { parse } from 'yaml';
import { validateGate } from '../../../src/api/gate.ts';
import { renderCommand } from '../../../src/commands/render/render-command.ts';
import { read } from '../../config/manifests.ts';

describe('docs/guide/render.md', () => {
  const document = read('docs/guide/render.md');

  it('tells every option, and none that there is not', () => {
    const told = [...document.matchAll(/^\| (?:`-\w`, )?`(--[a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(told).to.have.members(renderCommand({ env: {} }).options.map(({ long }) => long));
  });

  it('shows YAML that parses, and a gate that is valid', () => {
    const blocks = [...document.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
      ([, text = '']) => parse(text) as unknown,
    );
    expect(blocks).to.have.length(4);
    expect(blocks.map((block) => validateGate(block).valid)).to.deep.equal([false, false, true, false]);
  });
});
