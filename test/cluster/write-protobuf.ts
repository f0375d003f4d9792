import { Agent, request } from 'undici';
import type { CredentialReader } from '../../src/kube/client/credentials.ts';
import { PROTOBUF_TYPE } from '../../src/kube/protobuf/envelope.ts';
import { bytes, message, one, readMessage } from '../../src/kube/protobuf/message.ts';
import { type EncodedFields, encode, encodeEnvelope } from '../kube/protobuf/encode.ts';

const RAW = message({ raw: one(2, bytes) });
const MAGIC = 4;

/**
 * Replaces an object by itself and more fields, all of it as protobuf: so may be written what JSON has no words for. What is
 * written twice counts together.
 */
export async function replaceWith(
  reader: CredentialReader,
  path: string,
  kind: string,
  fields: EncodedFields,
): Promise<void> {
  const { server, headers, tls } = await reader.read(false);
  const dispatcher = new Agent({ connect: tls });
  try {
    const all = { ...headers, Accept: PROTOBUF_TYPE, 'Content-Type': PROTOBUF_TYPE };
    const stored = await request(server + path, { dispatcher, headers: all });
    const { raw } = readMessage((await stored.body.bytes()).subarray(MAGIC), RAW);
    if (!(raw instanceof Uint8Array)) throw new Error(`${path} is not there as protobuf`);
    const body = encodeEnvelope(kind, Buffer.concat([raw, encode(fields)]));
    const { statusCode, body: said } = await request(server + path, {
      ...{ dispatcher, method: 'PUT', headers: all, body },
    });
    if (statusCode !== 200) throw new Error(`${statusCode}: ${await said.text()}`);
  } finally {
    await dispatcher.destroy();
  }
}
