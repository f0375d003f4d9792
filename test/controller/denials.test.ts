import { expect } from 'chai';
import { Denials, LASTING_MS } from '../../src/controller/denials.ts';

const MINUTE = 60_000;

describe('Denials', () => {
  it('last once there has been nothing else for long enough', () => {
    const denials = new Denials();
    expect(denials.denied(0)).to.equal(false);
    expect(denials.denied(LASTING_MS - 1)).to.equal(false);
    expect(denials.denied(LASTING_MS)).to.equal(true);
  });

  it('begin anew after any other answer', () => {
    const denials = new Denials();
    denials.denied(0);
    denials.ended();
    expect(denials.denied(LASTING_MS)).to.equal(false);
    expect(denials.denied(2 * LASTING_MS)).to.equal(true);
  });

  it('begin anew after a long silence: an API server that starts weeks later denies nothing for long', () => {
    const denials = new Denials();
    denials.denied(0);
    expect(denials.denied(7 * MINUTE)).to.equal(false);
    expect(denials.denied(7 * MINUTE + LASTING_MS)).to.equal(true);
  });

  it('go on across the longest pause between two tries', () => {
    const denials = new Denials();
    denials.denied(0);
    expect(denials.denied(5 * MINUTE)).to.equal(true);
  });
});
