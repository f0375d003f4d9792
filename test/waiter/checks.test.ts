import { expect } from 'chai';
import { parseArguments } from '../../src/waiter/arguments.ts';
import { describeCheck } from '../../src/waiter/checks.ts';

describe('describeCheck', () => {
  for (const [line, description] of [
    ['dns api', 'dns api'],
    ['tcp redis:6379', 'tcp redis:6379'],
    ['tcp [fd00::1]:6379', 'tcp [fd00::1]:6379'],
    ['grpc api:50051 --service x', 'grpc api:50051'],
    ['http http://api:8080/ready?x=1', 'http GET http://api:8080/ready?x=1'],
    ['http https://user:secret@api/ --method HEAD', 'http HEAD https://api/'],
  ] as const) {
    it(`describes '${line}'`, () => {
      expect(describeCheck(parseArguments(line.split(' '), {}).check)).to.equal(description);
    });
  }
});
