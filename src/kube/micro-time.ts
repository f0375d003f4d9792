/** A time as the API has it where it wants microseconds (`MicroTime`): it parses exactly six digits after the second. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
